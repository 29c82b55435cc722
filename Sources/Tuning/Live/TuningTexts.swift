/// Texts that a model is let continue while it is tuned: of several kinds, since each kind of text wants
/// other experts, and an invented routing says nothing about a model.
enum TuningTexts {
    /// What the routing is recorded with.
    static let recorded = [
        """
        The ferry left the island an hour late, because the captain would not sail before the fog had lifted. \
        Marta sat on her suitcase between crates of apples and watched the gulls quarrel over a crust of bread. \
        She had come for three days and stayed for eleven years. Nobody had asked her to leave now, and nobody, \
        she noticed, had asked her to stay. When the engine finally coughed and caught, the old postman stood \
        up, took off his cap, and began to tell the story of the winter in which the sea had frozen over, and \
        of the two brothers who walked across it to the mainland to buy a single sack of salt.
        """,
        """
        import csv
        from collections import defaultdict


        def read_readings(path):
            \"\"\"Reads temperature readings, one per line, and groups them by station.\"\"\"
            stations = defaultdict(list)
            with open(path, newline="") as file:
                for row in csv.DictReader(file):
                    stations[row["station"]].append((row["time"], float(row["celsius"])))
            return stations


        def daily_means(readings):
            days = defaultdict(list)
            for time, celsius in readings:
                days[time[:10]].append(celsius)
            return {day: sum(values) / len(values) for day, values in sorted(days.items())}


        def main():
        """,
        """
        A canal lock lifts a boat from one level of water to another. The boat enters a chamber whose gates are \
        then closed behind it. To raise the boat, water is let in from the upper level through sluices in the \
        walls or the gates until both levels are equal; only then can the upper gates be opened, since the \
        pressure of a metre of water on them is far more than people could push against. No pump is needed: \
        every passage downhill costs a chamber full of water, which the upper canal has to replace. Where water \
        is scarce, side ponds keep part of it for the next boat. The first locks with two pairs of gates were \
        built
        """,
    ]

    /// What runs are measured with: none of the recorded ones.
    static let measured = """
        Question: My bread dough does not rise, although I used fresh yeast and waited for two hours. The \
        kitchen is rather cold, about sixteen degrees. What can I do, and is the dough lost?

        Answer: The dough is not lost. Yeast works more slowly in the cold, and at sixteen degrees a dough may \
        need four or five hours for what takes one hour at twenty-six. You have three possibilities. First, you \
        can simply wait; a long, cool rise even improves the taste. Second, you can put the bowl into the oven \
        with only the lamp switched on, which gives about twenty-eight degrees. Third,
        """
}
