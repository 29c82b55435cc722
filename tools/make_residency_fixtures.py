#!/usr/bin/env python3
"""Golden miss counts of the eviction policies, by plain models that share nothing with the Swift code.

usage: make_residency_fixtures.py --traces FOLDER --out Tests/ResidencyTests/Fixtures
  --traces  a folder with demo-story.csv and demo-code.csv; left out, only the synthetic traces are made anew
            and the demo traces' counts are kept

Writes traces.json (synthetic traces: events of [tick, layer, experts...]) and golden.json (misses of every
policy on them and on the demo traces). Every policy is written from its paper as a scan over dictionaries and
lists of what is resident, with one instance for each pool. An event is atomic: first its residents count as
used, then each of the others takes a place; no expert of the event is a victim. Needs Python alone.
"""

import argparse
import json
import math
import pathlib
import random


class Policy:
    """What all models share: a pool of `capacity` and who is in it."""

    def __init__(self, capacity, layers):
        self.capacity, self.layers = capacity, layers
        self.resident = set()
        self.clock = self.tick = self.layer = 0

    def begin(self, layer, tick):
        self.layer, self.tick = layer, tick
        self.clock += 1

    def event(self, layer, tick, experts):
        """Misses of one event; experts are (layer, index)."""
        self.begin(layer, tick)
        for expert in experts:
            if expert in self.resident:
                self.hit(expert)
        misses = 0
        for expert in experts:
            if expert in self.resident:
                continue
            misses += 1
            self.missed(expert)
            if expert in self.resident:
                continue
            if len(self.resident) == self.capacity:
                candidates = self.resident - set(experts)
                if not candidates:
                    continue
                victim = self.victim(expert, candidates)
                assert victim in candidates
                self.resident.remove(victim)
            self.resident.add(expert)
            self.enter(expert)
        self.end([expert for expert in experts if expert in self.resident])
        return misses

    def hit(self, expert):
        pass

    def end(self, experts):
        pass

    def missed(self, expert):
        pass

    def enter(self, expert):
        pass


class LRU(Policy):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.last, self.uses = {}, 0

    def hit(self, expert):
        self.uses += 1
        self.last[expert] = self.uses

    enter = hit

    def end(self, experts):
        for expert in experts:
            self.hit(expert)

    def victim(self, expert, candidates):
        return min(candidates, key=self.last.get)


class LFU(Policy):
    half_life = 32

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.history = {}

    def hit(self, expert):
        score, tick = self.history.get(expert, (0, self.tick))
        self.history[expert] = (score * 2 ** ((tick - self.tick) / self.half_life) + 1, self.tick)

    missed = hit

    def victim(self, expert, candidates):
        def worth(candidate):
            score, tick = self.history[candidate]
            return math.log2(score) + tick / self.half_life
        # Equal histories give equal sums; anything else differs by far more than the rounding.
        return min(candidates, key=lambda candidate: (round(worth(candidate), 9), candidate))


class LFRU(Policy):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.history, self.last, self.group, self.order, self.uses = {}, {}, {}, {}, 0

    def missed(self, expert):
        score, tick = self.history.get(expert, (0, self.tick))
        self.history[expert] = (score * 2 ** ((tick - self.tick) / 128) + 1, self.tick)

    def enter(self, expert):
        self.last[expert] = self.clock
        self.uses += 1
        self.order[expert] = self.uses
        self.group[expert] = min(int(math.log2(self.history[expert][0]) + 1e-12), 9)

    def hit(self, expert):
        self.missed(expert)
        self.enter(expert)

    def victim(self, expert, candidates):
        def badness(candidate):
            group = self.group[candidate]
            return ((self.clock - self.last[candidate]) / (1 + group), -group, -self.order[candidate])
        return max(candidates, key=badness)


class ARC(Policy):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.t1, self.t2, self.b1, self.b2, self.p = [], [], [], [], 0.0

    def hit(self, expert):
        (self.t1 if expert in self.t1 else self.t2).remove(expert)
        self.t2.append(expert)

    def missed(self, expert):
        if expert in self.b1:
            self.p = min(self.capacity, self.p + max(1, len(self.b2) / len(self.b1)))
        elif expert in self.b2:
            self.p = max(0, self.p - max(1, len(self.b1) / len(self.b2)))

    def victim(self, expert, candidates):
        if expert not in self.b1 and expert not in self.b2:
            if len(self.t1) + len(self.b1) >= self.capacity:
                if self.b1:
                    self.b1.pop(0)
                else:
                    victim = next(other for other in self.t1 if other in candidates)
                    self.t1.remove(victim)
                    return victim
            elif sum(map(len, (self.t1, self.t2, self.b1, self.b2))) >= 2 * self.capacity:
                self.b2.pop(0)
        size = len(self.t1)
        once = size > 0 and (size > self.p or (expert in self.b2 and size == self.p))
        pairs = [(self.t1, self.b1), (self.t2, self.b2)]
        for top, bottom in pairs if once else pairs[::-1]:
            for other in top:
                if other in candidates:
                    top.remove(other)
                    bottom.append(other)
                    return other

    def enter(self, expert):
        for ghosts in (self.b1, self.b2):
            if expert in ghosts:
                ghosts.remove(expert)
                self.t2.append(expert)
                return
        self.t1.append(expert)


class S3FIFO(Policy):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.small, self.main, self.ghost, self.freq = [], [], [], {}
        self.small_size = max(1, self.capacity // 10)
        self.main_size = self.capacity - self.small_size

    def hit(self, expert):
        self.freq[expert] = min(3, self.freq[expert] + 1)

    def enter(self, expert):
        self.freq[expert] = 0
        if expert in self.ghost:
            self.ghost.remove(expert)
            self.main.append(expert)
        else:
            self.small.append(expert)

    def from_main(self, candidates):
        while True:
            free = [other for other in self.main if other in candidates]
            if not free:
                return None
            self.main.remove(free[0])
            if self.freq[free[0]] == 0:
                return free[0]
            self.freq[free[0]] -= 1
            self.main.append(free[0])

    def from_small(self, candidates):
        while True:
            free = [other for other in self.small if other in candidates]
            if not free:
                return None
            self.small.remove(free[0])
            if self.freq[free[0]] < 2:
                self.ghost.append(free[0])
                while len(self.ghost) > self.main_size:
                    self.ghost.pop(0)
                return free[0]
            self.freq[free[0]] = 0
            self.main.append(free[0])
            if len(self.main) > self.main_size:
                victim = self.from_main(candidates)
                if victim is not None:
                    return victim

    def victim(self, expert, candidates):
        order = [self.from_small, self.from_main]
        if len(self.small) < self.small_size:
            order.reverse()
        victim = order[0](candidates)
        return order[1](candidates) if victim is None else victim


class Sieve(Policy):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.queue, self.visited, self.hand = [], set(), None

    def hit(self, expert):
        self.visited.add(expert)

    def enter(self, expert):
        self.queue.append(expert)

    def victim(self, expert, candidates):
        while True:
            at = 0 if self.hand is None else self.queue.index(self.hand)
            other = self.queue[at]
            self.hand = self.queue[at + 1] if at + 1 < len(self.queue) else None
            if other not in candidates:
                continue
            if other in self.visited:
                self.visited.remove(other)
                continue
            self.queue.remove(other)
            return other


class WTinyLFU(Policy):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.window, self.probation, self.protected, self.freq, self.uses = [], [], [], {}, 0
        self.window_size = max(1, self.capacity // 100)
        self.main_size = self.capacity - self.window_size

    def missed(self, expert):
        self.freq[expert] = min(15, self.freq.get(expert, 0) + 1)
        self.uses += 1
        if self.uses >= 10 * self.capacity:
            self.uses = 0
            self.freq = {other: count // 2 for other, count in self.freq.items()}

    def hit(self, expert):
        self.missed(expert)
        if expert in self.window:
            self.window.remove(expert)
            self.window.append(expert)
            return
        (self.probation if expert in self.probation else self.protected).remove(expert)
        self.protected.append(expert)
        if len(self.protected) > self.main_size * 4 // 5:
            self.probation.append(self.protected.pop(0))

    def enter(self, expert):
        self.window.append(expert)
        while (len(self.window) > self.window_size
               and len(self.probation) + len(self.protected) < self.main_size):
            self.probation.append(self.window.pop(0))

    def victim(self, expert, candidates):
        old = [other for other in self.probation + self.protected if other in candidates]
        leaving = old[0] if old else None
        new = [other for other in self.window if other in candidates]
        if new and (leaving is None or len(self.window) >= self.window_size):
            if leaving is None or self.freq.get(new[0], 0) <= self.freq.get(leaving, 0):
                leaving = new[0]
            else:
                self.window.remove(new[0])
                self.probation.append(new[0])
        for part in (self.window, self.probation, self.protected):
            if leaving in part:
                part.remove(leaving)
        return leaving


class LeastStale(LRU):
    def end(self, experts):
        pass

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.used_in = {}

    def hit(self, expert):
        super().hit(expert)
        self.used_in[expert] = self.tick

    enter = hit

    def victim(self, expert, candidates):
        stale = [other for other in candidates if self.used_in[other] < self.tick]
        return min(stale or candidates, key=lambda other: (other[0], self.last[other]))


class LCU(Policy):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.uses, self.last, self.previous = {}, {}, {}
        self.start = None

    def begin(self, layer, tick):
        super().begin(layer, tick)
        if self.start is None:
            self.start = tick
        self.previous[layer] = set()

    def new_sequence(self):
        self.uses, self.start = {}, None

    def missed(self, expert):
        self.uses[expert] = self.uses.get(expert, 0) + 1
        self.last[expert] = self.clock

    def enter(self, expert):
        self.previous[expert[0]].add(expert)

    def hit(self, expert):
        self.missed(expert)
        self.enter(expert)

    def victim(self, expert, candidates):
        tokens = self.tick - self.start + 1

        def worth(other):
            value = self.uses.get(other, 0) / tokens
            recent = other in self.previous.get(other[0], ())
            if recent:
                value += 1 / ((other[0] - self.layer) % self.layers + 0.1)
            return (value, recent, self.last[other], other)
        return min(candidates, key=worth)


class Belady(Policy):
    """Evicts what is used again last; needs the whole trace."""

    def __init__(self, capacity, layers, future):
        super().__init__(capacity, layers)
        self.future = future

    def advance(self, experts):
        for expert in experts:
            self.future[expert].pop()

    def victim(self, expert, candidates):
        return max(candidates, key=lambda other: (self.future[other] or [math.inf])[-1])


POLICIES = {
    "lfu": LFU, "lru": LRU, "lfru": LFRU, "arc": ARC, "s3-fifo": S3FIFO, "sieve": Sieve,
    "w-tinylfu": WTinyLFU, "least-stale": LeastStale, "lcu": LCU, "belady": Belady,
}


def misses(trace, name, pools):
    """`pools`: one number for a pool of all layers, or one for each layer."""
    layers = trace["layers"]
    make = POLICIES[name]
    extra = []
    if make is Belady:
        future = {}
        for position in range(len(trace["events"]) - 1, -1, -1):
            _, layer, *experts = trace["events"][position]
            for expert in experts:
                future.setdefault((layer, expert), []).append(position)
        extra = [future]
    shared = make(pools[0], layers, *extra) if len(pools) == 1 else None
    caches = [shared or make(pools[layer], layers, *extra) for layer in range(layers)]
    starts = set(trace.get("sequence_starts", []))
    total = 0
    for position, (tick, layer, *experts) in enumerate(trace["events"]):
        if position in starts and make is LCU:
            for cache in {id(cache): cache for cache in caches}.values():
                cache.new_sequence()
        experts = [(layer, expert) for expert in experts]
        if extra:
            caches[layer].advance(experts)
        total += caches[layer].event(layer, tick, experts)
    return total


def zipf(seed, layers, experts, per_token, tokens, skew, stickiness, shift_every):
    """Skewed choices, each kept from the token before with probability `stickiness`."""
    generator = random.Random(seed)
    order = [generator.sample(range(experts), experts) for _ in range(layers)]
    weights = [1 / (rank + 1) ** skew for rank in range(experts)]
    last = [[] for _ in range(layers)]
    events = []
    for token in range(tokens):
        if token % shift_every == shift_every - 1:
            for layer in range(layers):
                generator.shuffle(order[layer])
        for layer in range(layers):
            chosen = [expert for expert in last[layer] if generator.random() < stickiness]
            while len(chosen) < per_token:
                expert = order[layer][generator.choices(range(experts), weights)[0]]
                if expert not in chosen:
                    chosen.append(expert)
            last[layer] = chosen
            events.append([token, layer, *chosen])
    return {"layers": layers, "experts": experts, "events": events}


def synthetic():
    loop = [[token, 0, *((token * 3 + offset) % 12 for offset in range(3))] for token in range(160)]
    return {
        "zipf": zipf(1, 4, 16, 3, 150, 1.0, 0.3, 1000),
        "shifting": zipf(2, 3, 12, 2, 200, 1.2, 0.5, 40),
        "single": zipf(3, 2, 24, 1, 300, 0.8, 0.0, 100),
        "loop": {"layers": 1, "experts": 12, "events": loop},
    }


def demo(path):
    """A routing trace as CSV; windows follow one another, the tick goes on over their ends."""
    events, starts = [], []
    with open(path, encoding="ascii") as lines:
        header = None
        for line in lines:
            if line.startswith("#"):
                words = line.split()
                if "layers" in words:
                    layers = int(words[words.index("layers") + 1])
                    experts = int(words[words.index("experts") + 1])
                continue
            fields = line.rstrip("\n").split(",")
            if header is None:
                header = {name: index for index, name in enumerate(fields)}
                continue
            sequence, step, layer, slot, expert = (
                int(fields[header[name]]) for name in ("sequence", "step", "layer", "slot", "expert"))
            if slot == 0:
                if layer == 0 and step == 0:
                    starts.append(len(events))
                events.append([sequence * 512 + step, layer])
            events[-1].append(expert)
    return {"layers": layers, "experts": experts, "events": events, "sequence_starts": starts}


def budgets(trace):
    layers, experts = trace["layers"], trace["experts"]
    for share in (0.25, 0.5, 0.75):
        yield [int(layers * experts * share)]
        yield [int(experts * share)] * layers


def golden(name, trace):
    rows = []
    for pools in budgets(trace):
        row = {"trace": name, "pools": pools, "requests": sum(len(event) - 2 for event in trace["events"])}
        row["misses"] = {policy: misses(trace, policy, pools) for policy in POLICIES}
        rows.append(row)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--traces", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    traces = synthetic()
    rows = [row for name, trace in traces.items() for row in golden(name, trace)]
    if arguments.traces:
        for name in ("demo-story", "demo-code"):
            rows += golden(name, demo(arguments.traces / f"{name}.csv"))
    else:
        kept = arguments.out / "golden.json"
        if kept.exists():
            rows += [row for row in json.loads(kept.read_text()) if row["trace"].startswith("demo-")]
    named = ",\n".join(f'"{name}": {json.dumps(trace)}' for name, trace in traces.items())
    (arguments.out / "traces.json").write_text("{\n" + named + "\n}\n")
    (arguments.out / "golden.json").write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n")


if __name__ == "__main__":
    main()
