import TestSupport
import Testing
import Tuning

@Suite("Files of settings")
struct SettingsFileTests {
    /// A file, and the message that it is refused with behind the file's name.
    struct Refusal: CustomTestStringConvertible {
        let name: String
        let text: String
        let message: String
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ message: String) {
            self.name = name
            self.text = text
            self.message = message
        }
    }

    private static let budget = #"a size such as "8G" or "512M", a share such as "70%", or "auto""#

    static let refusals = [
        Refusal(
            "a misspelt key", "[memory]\nbugdet = \"8G\"\n",
            "line 2, column 1: there is no key memory.bugdet; the nearest is memory.budget"),
        Refusal(
            "the option's name for a key", "[context]\n  ctx_size = 4096\n",
            "line 2, column 3: there is no key context.ctx_size; --ctx-size is context.size_tokens here"
        ),
        Refusal(
            "a key in the wrong table", "[threads]\ndecode = 2\nbudget = \"8G\"\n",
            "line 3, column 1: there is no key threads.budget; the nearest is memory.budget"),
        Refusal(
            "a key outside of its table", "budget = \"8G\"\n",
            "line 1, column 1: there is no key budget; the nearest is memory.budget"),
        Refusal(
            "a key that is near nothing", "[threads]\nxyz = 1\n",
            "line 2, column 1: there is no key threads.xyz; the keys of [threads] are decode, prefill"
        ),
        Refusal(
            "an empty table that is misspelt", "# none\n[memroy]\n",
            "line 2, column 1: there is no key memroy; the nearest table is [memory]"),
        Refusal(
            "a table that is near nothing", "[xyz]\na = 1\n",
            "line 2, column 1: there is no key xyz.a; the tables are [memory], [threads], [context], "
                + "[experts], [tuned]"),
        Refusal(
            "a key below a key", "[memory]\nbudget.most = \"8G\"\n",
            "line 2, column 1: there is no key memory.budget.most; the keys of [memory] are budget, "
                + "expert_cache"),
        Refusal(
            "a key in quotes with a dot", "\"memory.budget\" = \"8G\"\n",
            "line 1, column 1: there is no key \"memory.budget\"; the nearest is memory.budget"),
        Refusal(
            "a number without a unit", "[memory]\nbudget = 8\n",
            "line 2, column 1: memory.budget is 8, without a unit that is known; expected \(budget)"
        ),
        Refusal(
            "a text without a unit", "[memory]\nexpert_cache = \"8\"\n",
            "line 2, column 1: memory.expert_cache is \"8\", without a unit that is known; expected a "
                + "size such as \"4G\" or \"512M\", or \"auto\""),
        Refusal(
            "a unit that does not exist", "[memory]\nbudget = \"8 apples\"\n",
            "line 2, column 1: memory.budget is \"8 apples\", without a unit that is known; expected "
                + budget),
        Refusal(
            "a share of more than all", "[memory]\nbudget = \"101%\"\n",
            "line 2, column 1: memory.budget is \"101%\"; expected \(budget)"),
        Refusal(
            "a share where a size is wanted", "[memory]\nexpert_cache = \"50%\"\n",
            "line 2, column 1: memory.expert_cache is \"50%\"; expected a size such as \"4G\" or "
                + "\"512M\", or \"auto\""),
        Refusal(
            "an integer out of range", "[threads]\ndecode = 0\n",
            "line 2, column 1: threads.decode is 0; expected an integer from 1 to 1024 (threads)"),
        Refusal(
            "a text for an integer", "[threads]\ndecode = \"4\"\n",
            "line 2, column 1: threads.decode is \"4\"; expected an integer from 1 to 1024 (threads)"
        ),
        Refusal(
            "a fraction for an integer", "[threads]\ndecode = 2.5\n",
            "line 2, column 1: threads.decode is 2.5; expected an integer from 1 to 1024 (threads)"),
        Refusal(
            "a number that is none", "[experts]\npolicy = \"lfu\"\nhalf_life_tokens = nan\n",
            "line 3, column 1: experts.half_life_tokens is nan; expected a number from 1 to "
                + "1048576 (tokens)"),
        Refusal(
            "a word that is no choice", "[context]\nkv_type = \"q8\"\n",
            "line 2, column 1: context.kv_type is \"q8\"; expected one of \"auto\", \"f16\", \"f32\""
        ),
        Refusal(
            "a switch for a word", "[experts]\nprefetch = true\n",
            "line 2, column 1: experts.prefetch is true; expected one of \"auto\", \"on\", \"off\""),
        Refusal(
            "a list", "[memory]\nbudget = [\"8G\"]\n",
            "line 2, column 1: memory.budget is a list; expected \(budget)"),
        Refusal(
            "a value in the place of a table", "memory = \"8G\"\n",
            "line 1, column 1: memory is \"8G\"; expected a table with keys in it"),
        Refusal(
            "a list of tables", "[[memory]]\nbudget = \"8G\"\n",
            "line 1, column 1: memory is a list; expected a table with keys in it"),
        Refusal(
            "a key given twice", "[memory]\nbudget = \"8G\"\n# more\n  budget = \"9G\"\n",
            "line 4, column 3: memory.budget is given twice, first in line 2; leave one of them out"
        ),
        Refusal(
            "a table given twice", "[memory]\nbudget = \"8G\"\n[threads]\ndecode = 1\n[memory]\n",
            "line 5, column 1: [memory] is given twice, first in line 1; leave one of them out"),
        Refusal(
            "no TOML", "[memory]\nbudget = 8G\n",
            "line 2, column 11: this is no TOML: Error while parsing decimal integer: expected digit, "
                + "saw 'G'"),
        Refusal(
            "a table without a name that TOML allows", "# none\n\n [[ über]]\na = 1\n",
            "line 3, column 5: this is no TOML: expected the name of a table, in letters, digits, _, - or "
                + "quotes"
        ),
        Refusal(
            "a table without a name", "[ ]\n",
            "line 1, column 3: this is no TOML: Error while parsing table header: tables with blank bare "
                + "keys are explicitly prohibited"),
        Refusal(
            "a null character", "[tuned]\nmachine = \"a\\u0000b\"\n",
            "line 2, column 13: here is a null character; expected text without any, leave it out"),
    ]

    @Test("a file is refused with where, what was found and what was expected", arguments: refusals)
    func refuses(refusal: Refusal) {
        let error = #expect(throws: TuningError.self) {
            try SettingsFile(Array(refusal.text.utf8), path: "p.toml", keys: ProfileKeys.all)
        }
        #expect(error?.description == "'p.toml', \(refusal.message)")
    }

    @Test("what is not UTF-8 is refused with the offset of the bad byte")
    func invalidText() {
        let bytes = Array("[memory] # ".utf8) + [0xC3, 0xA9, 0xFF]
        let error = #expect(throws: TuningError.self) {
            try SettingsFile(bytes, path: "p.toml", keys: ProfileKeys.all)
        }
        #expect(
            error?.description
                == "'p.toml' is not valid UTF-8: the byte at offset 13 starts no character; expected TOML, "
                + "which is text in UTF-8")
    }

    @Test("a file that is too long is refused, one that is just not is read")
    func tooLarge() throws {
        let most = Array(repeating: UInt8(ascii: "#"), count: SettingsFile.mostBytes)
        #expect(try SettingsFile(most, path: "p.toml", keys: ProfileKeys.all).entries.isEmpty)
        let error = #expect(throws: TuningError.self) {
            try SettingsFile(most + [0x23], path: "p.toml", keys: ProfileKeys.all)
        }
        #expect(
            error?.description
                == "'p.toml' has more than 65536 bytes; expected a TOML file of some lines, check the path")
    }

    @Test("a key's line is found behind everything that may stand before it")
    func places() throws {
        let text = #"""
            # [memory]
            tuned.machine = """\
            [threads]\
            decode = 7 # \"""\
            """ # here

            [ "memory" ] # budget = "1G"
              'budget'   =  "8G"  # "
            [context]
            kv_type="f32" 
            size_tokens = 0x1000
            [experts]
            policy = 'lfu'
            half_life_tokens = 64.5
            """#
        let file = try SettingsFile(
            Array(text.replacing("\n", with: "\r\n").utf8), path: "p.toml", keys: ProfileKeys.all)
        let found = file.entries.map { "\($0.place.line):\($0.place.column) \($0.key.path) \($0.text)" }
        #expect(
            found == [
                "2:1 tuned.machine [threads]decode = 7 # \"\"\"",
                "8:3 memory.budget 8G", "10:1 context.kv_type f32", "11:1 context.size_tokens 4096",
                "13:1 experts.policy lfu", "14:1 experts.half_life_tokens 64.5",
            ])
    }

    @Test("keys in an inline table stand where it stands, and what is wrong first in the file is told first")
    func inlineAndOrder() {
        let text = "threads = { decode = 0 }\n[memory]\nbudget = 1\n"
        let error = #expect(throws: TuningError.self) {
            try SettingsFile(Array(text.utf8), path: "p.toml", keys: ProfileKeys.all)
        }
        #expect(
            error?.code
                == .outOfRange(
                    key: "threads.decode", found: "0", expected: "an integer from 1 to 1024 (threads)"))
        #expect(error?.place?.line == 1)
    }

    @Test("20,000 damaged files are read or refused, and nothing that is read is unknown")
    func mutants() {
        let sample = Array(ProfileTests.whole.utf8)
        let seed = SeededGenerator.fromEnvironment(fallback: 20_260_102).seed
        var refused = 0
        for index in 0..<UInt64(20_000) {
            var mutator = Mutator(seed: seed &+ index)
            do {
                _ = try Profile(mutator.mutated(sample), path: "p.toml")
            } catch {
                refused += 1
                #expect(!error.description.isEmpty, "SLUICE_SEED=\(seed &+ index)")
            }
        }
        // Changes in comments are no damage.
        #expect(refused > 10_000 && refused < 20_000, "\(refused)")
    }
}
