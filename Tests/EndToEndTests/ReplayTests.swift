import Foundation
import TestSupport
import Testing

@Suite("replay")
struct ReplayTests {
    /// One layer, one expert for a token: 0 1 2 0 1 2 ... of four.
    private static func loop(tokens: Int) -> String {
        "# layers 1 experts 4 top_k 1\nsequence,step,token,layer,slot,expert\n"
            + (0..<tokens).map { "0,\($0),7,0,0,\($0 % 3)\n" }.joined()
    }

    private static func results(_ arguments: [String]) throws -> [[String: Any]] {
        let object = try Executable.run(["replay", "--json"] + arguments).object()
        return try #require(object["results"] as? [[String: Any]])
    }

    @Test("counts hits of every policy and Belady's at every budget")
    func loop() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = try folder.write(Self.loop(tokens: 31), to: "loop.csv")
        let object = try Executable.run(
            ["replay", trace, "--policy", "lru", "--budget", "50%..75%:25%,100%", "--json"]
        ).object()
        #expect(object["trace"] as? String == "loop.csv" && object["events"] as? Int == 31)
        let results = try #require(object["results"] as? [[String: Any]])
        #expect(
            results.map { $0["policy"] as? String } == [
                "lru", "lru", "lru", "belady", "belady", "belady", "belady-bypass", "belady-bypass",
                "belady-bypass",
            ])
        // LRU with two slots never hits a loop of three; the best with two hits every second time, and who
        // may leave the third out holds the other two: 9 and 10 hits.
        #expect(results.map { $0["hits"] as? Int } == [0, 28, 28, 14, 28, 28, 19, 28, 28])
        #expect(results.map { $0["slots"] as? Int } == [2, 3, 4, 2, 3, 4, 2, 3, 4])
        let first = try #require(results.first)
        #expect(first["requests"] as? Int == 31 && first["hit_rate"] as? Double == 0)
        for unknown in ["budget_bytes", "bytes_read", "tokens_per_second", "error_band"] {
            #expect(first[unknown] is NSNull, "\(unknown)")
        }
        #expect(first["allocation"] as? String == "uniform" && first["predictor"] as? String == "none")
    }

    @Test("writes a page that names its traces and needs nothing else")
    func page() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = try folder.write(Self.loop(tokens: 31), to: "loop <1>.csv")
        let page = folder.path + "/page.html"
        let run = try Executable.run([
            "replay", trace, "--policy", "lru", "--budget", "50%,75%", "--html", page,
        ])
        #expect(run.code == 0, "\(run.errors)")
        let html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains("<h1>Replay of loop &lt;1&gt;.csv</h1>") && !html.contains("http"))
        #expect(html.contains(">belady</text>") && html.contains("Reuse distance in tokens"))
    }

    @Test("knows bytes where the user says how large an expert is")
    func bytes() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = try folder.write(Self.loop(tokens: 31), to: "loop.csv")
        let results = try Self.results([
            trace, "--policy", "lru", "--budget", "2K", "--expert-bytes", "1K", "--pools", "all",
        ])
        #expect(results.map { $0["allocation"] as? String }.prefix(2) == ["uniform", "global"])
        #expect(results.first?["budget_bytes"] as? Int == 2048)
        #expect(results.first?["bytes_read"] as? Int == 31 * 1024)
    }

    /// An expert of 1 MiB comes in 1 ms behind 1 ms of latency, and computes in 1 ms, as does the rest.
    private static let machine = """
        [disk]
        latency_us = 1000
        bandwidth_mb_per_s = 1048.576
        spread_percent = 10
        [memory]
        bandwidth_mb_per_s = 1048.576
        [processor]
        layer_overhead_us = 0
        spread_percent = 0
        [model]
        dense_kib_per_layer = 1024
        weight_percent_of_memory = 100

        """

    @Test("predicts tokens per second on a machine that a file describes")
    func machine() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = try folder.write(Self.loop(tokens: 31), to: "loop.csv")
        let machine = try folder.write(Self.machine, to: "machine.toml")
        let results = try Self.results([
            trace, "--policy", "lru", "--budget", "50%,75%", "--expert-bytes", "1M", "--machine", machine,
        ])
        // Every token misses: 1 ms in front, 2 for the read, 1 for the expert. Or but three of them.
        let expected = [31 / (31 * 4e-3), 31 / (3 * 4e-3 + 28 * 2e-3)]
        for (result, expected) in zip(results, expected) {
            let found = try #require(result["tokens_per_second"] as? Double)
            #expect(abs(found / expected - 1) < 1e-9)
        }
        // Half of the time hangs on the disk, which is off by a tenth.
        let band = try #require(results.first?["error_band"] as? Double)
        #expect(abs(band - 0.05) < 1e-9)
        let times = try #require(results.first?["seconds_per_token"] as? [String: Double])
        #expect(abs((times["compute"] ?? 0) - 2e-3) < 1e-9 && abs((times["disk_stall"] ?? 0) - 2e-3) < 1e-9)
        let text = try Executable.run(["replay", trace, "--policy", "lru"])
        #expect(text.text.contains("no tokens/s without a machine"))
    }

    @Test("refuses what it could only answer wrongly, and says what it took for granted")
    func refusals() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = try folder.write(Self.loop(tokens: 31), to: "loop.csv")
        let machine = try folder.write(Self.machine, to: "machine.toml")
        let sizes = ["--expert-bytes", "1M"]
        let apart = try Executable.run(["replay", trace, "--per-access", "--machine", machine] + sizes)
        #expect(apart.code == 2 && apart.errors.contains("leave one out"), "\(apart.errors)")
        let large = try Executable.run(["replay", trace, "--expert-bytes", "1000000T"])
        #expect(large.code == 2 && large.errors.contains("of one expert"), "\(large.errors)")
        let bare = try folder.write("position,layer,rank,expert\n0,0,0,1\n1,0,0,2\n", to: "bare.csv")
        let noted = try Executable.run(["replay", bare, "--policy", "lru", "--budget", "100%"])
        #expect(noted.code == 0 && noted.errors.contains("note: 'bare.csv': "), "\(noted.errors)")
    }

    @Test("a half-life is fitted with the slots that it is judged with")
    func fittedHalfLife() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        // Three layers of four: two slots in one pool, but none for each layer.
        let lines = (0..<40).flatMap { token in
            (0..<3).map { "0,\(token),7,\($0),0,\((token * ($0 + 1)) % 4)\n" }
        }
        let trace = try folder.write(
            "# layers 3 experts 4 top_k 1\nsequence,step,token,layer,slot,expert\n" + lines.joined(),
            to: "three.csv")
        let arguments = [trace, "--policy", "lfu:fit", "--budget", "17%", "--pools"]
        let pool = try Self.results(arguments + ["global"])
        #expect(pool.first?["slots"] as? Int == 2 && pool.first?["fit"] as? String == "in-sample")
        let layers = try Executable.run(["replay"] + arguments + ["layer"])
        #expect(layers.code == 1 && layers.errors.contains("to fit lfu with"), "\(layers.errors)")
    }

    @Test("table, CSV and page say what is read for a token, and where its time goes")
    func bytesAndShares() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = try folder.write(Self.loop(tokens: 31), to: "loop.csv")
        let machine = try folder.write(Self.machine, to: "machine.toml")
        let (table, page) = (folder.path + "/table.csv", folder.path + "/page.html")
        let text = try Executable.run([
            "replay", trace, "--policy", "lru", "--budget", "50%,75%", "--expert-bytes", "1M", "--machine",
            machine, "--csv", table, "--html", page,
        ]).text
        func line(_ title: String) -> [Substring]? {
            text.firstRange(of: title).flatMap { found in
                text[found.upperBound...].split(separator: "\n").first { $0.contains("lru ") }?
                    .split(separator: " ")
            }
        }
        // All 31 tokens read a MiB, or three of them.
        #expect(line("\nMB read for a token, allocation uniform\n") == ["lru", "1.05", "0.10"])
        // 2 ms of 4 compute; or 62 of 68.
        #expect(
            line("\nof that time computing / waiting for the disk / without bytes, %\n")
                == ["lru", "50/50/0", "91/9/0"])
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 110 })
        let html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.contains(/computing 91\s%, disk 9\s%, overhead 0\s%/) && html.contains(">overhead</th>"))
        let lines = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
        let names = lines[0].split(separator: ",").suffix(3)
        #expect(names == ["compute_share", "stall_share", "overhead_share"])
        let shares = lines[1].split(separator: ",", omittingEmptySubsequences: false).suffix(3)
        let expected = [0.5, 0.5, 0]
        for (share, expected) in zip(shares, expected) {
            #expect(abs((Double(share) ?? .nan) - expected) < 1e-9, "\(lines[1])")
        }
    }

    @Test("a machine file that cannot be used is refused with what is wrong")
    func badMachine() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = try folder.write(Self.loop(tokens: 31), to: "loop.csv")
        let cases = [
            (Self.machine.replacing("latency_us", with: "latency_ms"), "the nearest is disk.latency_us"),
            (String(Self.machine.prefix { $0 != "[" }), "needs disk.latency_us"),
            (
                Self.machine.replacing("dense_kib_per_layer = 1024", with: ""),
                "needs model.dense_kib_per_layer"
            ),
        ]
        for (text, message) in cases {
            let machine = try folder.write(text, to: "machine.toml")
            let refused = try Executable.run(["replay", trace, "--machine", machine])
            #expect(refused.code == 1 && refused.errors.contains(message), "\(refused.errors)")
        }
    }

    @Test("fits shares on one trace, judges them on another, and says when both are the same")
    func heldOut() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = try folder.write(Self.loop(tokens: 31), to: "loop.csv")
        let longer = try folder.write(Self.loop(tokens: 60), to: "longer.csv")
        let other = try folder.write(
            Self.loop(tokens: 60).replacing(",0,1\n", with: ",0,3\n"), to: "other.csv")
        let arguments = [
            trace, "--policy", "lru,lfu:fit", "--allocation", "uniform,fitted", "--budget", "50%",
        ]
        // The same choices under another name, and with weights beside them.
        let copy = try folder.write(
            Self.loop(tokens: 31).replacing("slot,expert\n", with: "slot,expert,weight\n")
                .replacing(/(,0,\d)\n/) { "\($0.1),1.0\n" }, to: "copy.csv")
        // The same tokens, and more of them.
        let cases = [
            (other, "held-out"), (trace, "in-sample"), (copy, "in-sample"), (longer, "in-sample"),
        ]
        for (fit, expected) in cases {
            let results = try Self.results(arguments + ["--fit", fit])
            let fits = results.map { "\($0["allocation"] ?? "") \($0["fit"] ?? "")" }
            #expect(
                fits.prefix(4) == [
                    "uniform none", "fitted \(expected)", "uniform \(expected)", "fitted \(expected)",
                ])
        }
        let text = try Executable.run(["replay"] + arguments).text
        #expect(text.contains("in-sample"))
    }

    @Test("writes a table for people and one for programs")
    func tables() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = try folder.write(Self.loop(tokens: 31), to: "loop.csv")
        let table = folder.path + "/table.csv"
        let text = try Executable.run(["replay", trace, "--policy", "lru", "--budget", "75%", "--csv", table])
            .text
        #expect(text.contains("hit rate of all tokens, allocation uniform\n"))
        #expect(text.split(separator: "\n").contains { $0.split(separator: " ") == ["lru", "90.3"] })
        let lines = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[1].hasPrefix("lru,uniform,none,,0.75,3,31,28,0.903"))
    }

    @Test(
        "refuses what it cannot read and says what it expected",
        arguments: [
            (["--budget", "0%"], 2, "--budget"), (["--budget", "10M"], 2, "--expert-bytes"),
            (["--budget", "9%..5%"], 2, "--budget"), (["--policy", "lruu"], 2, "did you mean 'lru'"),
            (["--policy", "arc:fit"], 2, "no half-life"), (["--allocation", "best"], 2, "--allocation"),
            (["--pools", "many"], 2, "--pools"), (["--predictor", "none,seer"], 2, "--predictor"),
            (["--interleave", "0"], 2, "--interleave"), (["--budget", "20%"], 1, "no budget"),
            (["--fit", "nowhere.csv", "--allocation", "fitted"], 1, "nowhere.csv"),
            (["--fit", "nowhere.csv"], 2, "add --allocation fitted or --policy lfu:fit"),
        ])
    func refusals(options: [String], code: Int, words: String) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let trace = try folder.write(Self.loop(tokens: 5), to: "loop.csv")
        let run = try Executable.run(["replay", trace] + options)
        #expect(run.code == code && run.errors.contains(words), "\(run.errors)")
    }
}
