import Residency
import TestSupport
import Testing
import TraceFiles

@Suite("Malformed binary traces")
struct MalformedBinaryTests {
    /// What to change in a fixture, and the error behind the file's name.
    struct Case: CustomTestStringConvertible, Sendable {
        let title: String
        let name: String
        let offset: Int
        let bytes: [UInt8]
        let error: String
        var testDescription: String { title }

        init(_ title: String, _ name: String, at offset: Int, _ bytes: [UInt8], _ error: String) {
            (self.title, self.name, self.offset, self.bytes, self.error) = (title, name, offset, bytes, error)
        }
    }

    private static let logAdvice = "copy the log again or record it again."

    static let cases: [Case] = [
        Case(
            "another magic", "slipstream.bin", at: 5, Array("99".utf8),
            ", byte 0: found other bytes, expected the magic PGRRT01 and a zero; " + logAdvice),
        Case(
            "another version", "slipstream.bin", at: 8, [2],
            ", byte 8: found version 2, expected 1; " + logAdvice),
        Case(
            "another byte order", "slipstream.bin", at: 20, [1, 2, 3, 4],
            ", byte 20: found byte order 67305985, expected 16909060; " + logAdvice),
        Case(
            "a damaged header", "slipstream.bin", at: 30, [1],
            ", byte 88: the checksum of the header is"),
        Case(
            "a damaged record", "slipstream.bin", at: 144, [99],
            ", byte 144: the checksum of a record is"),
        Case(
            "an id of a request that is no expert's", "oracle-general.bin", at: 4 + 24 + 7, [0xFF],
            ", byte 28: found object 18374686479671623681, expected layer * 65536 + expert"),
        Case(
            "a layer of a request beyond all", "oracle-general.bin", at: 4 + 24 + 5, [0xFF],
            ", byte 24: found layer 4278190080, expected 0 to 4095"),
        Case(
            "times that fall", "oracle-general.bin", at: 24 * 30, [0, 0, 0, 0],
            ", byte 720: found time 0 after"),
        Case(
            "an expert of an array that is none", "routed-int32.npy", at: 128 + 4, [0xFF, 0xFF, 0xFF, 0xFF],
            ", byte 128: found expert -1, expected 0 to 65534"),
        Case(
            "an archive's array with a wrong checksum", "routed.npz", at: 200, [0x55],
            " of 'prompt_routed_experts_0.npy', expected a whole zip file; copy it again."),
        Case(
            "counts that are fractions", "moe-infinity.npy", at: 128, [0, 0, 0, 0x3F],
            ", byte 128: found a count that is negative, a fraction or too large, expected a whole number"),
    ]

    @Test("each is refused with its byte, what was expected and what to try", arguments: cases)
    func refused(_ malformed: Case) throws {
        var bytes = try ImportFixtures.bytes(malformed.name)
        bytes.replaceSubrange(
            malformed.offset..<malformed.offset + malformed.bytes.count, with: malformed.bytes)
        let format = malformed.name.hasPrefix("oracle") ? "oraclegeneral" : nil
        let found = failure(bytes, format: format)
        #expect(found.contains(malformed.error), "\(found)")
    }

    @Test("a record that is cut is refused where the format has no tail to tear")
    func cut() throws {
        let bytes = Array(try ImportFixtures.bytes("oracle-general.bin").dropLast(5))
        #expect(
            failure(bytes, format: "oraclegeneral")
                == "'a', byte 984: a record needs 24 bytes, but only 19 are left in the file; "
                + "the trace is damaged; "
                + "copy it again or record it again.")
        let array = Array(try ImportFixtures.bytes("routed-int32.npy").dropLast(3))
        #expect(
            failure(array).hasPrefix(
                "'a', byte 128: the elements of the array, shape [7, 3, 2] needs 168 bytes, but only 165"))
        let archive = Array(try ImportFixtures.bytes("routed.npz").dropLast(30))
        #expect(failure(archive).contains("found no directory at the end, expected a whole zip file"))
        let usage = Array(try ImportFixtures.bytes("usage-iku1.bin").dropLast(4))
        #expect(
            failure(usage).contains("byte 12: found 92 bytes behind the header, expected 4 for each of 8"))
    }

    @Test(
        "arrays that need another way of saving say which",
        arguments: [
            ("routed-fortran.npy", "found Fortran order in the array, expected C order", "ascontiguousarray"),
            ("routed-big-endian.npy", "found elements of type '>i2' in the array", ".astype('<i4')"),
            (
                "routed-deflated.npz", "compressed by method 8, expected arrays that are stored",
                "numpy.savez "
            ),
        ])
    func otherArrays(name: String, found: String, advice: String) throws {
        let error = failure(try ImportFixtures.bytes(name))
        #expect(error.contains(found) && error.contains(advice), "\(error)")
    }

    @Test("what is no trace is refused, and packed files say how to unpack them")
    func unknown() {
        #expect(failure([]).contains("found no byte, expected a trace"))
        #expect(
            failure([1, 2, 3]).hasPrefix(
                "'a': the bytes 01 02 03 is no known format of traces; give --format"))
        #expect(failure(Array("hello\n".utf8)).hasPrefix("'a': 'hello' is no known format of traces"))
        #expect(failure([0x28, 0xB5, 0x2F, 0xFD, 0]).contains("zstd -d"))
        #expect(failure([0x1F, 0x8B, 8, 0]).contains("gunzip"))
        #expect(failure(Array("PAR1\0\0".utf8)).contains("tools/traces/flame_to_csv.py"))
        #expect(
            failure([1], format: "x").contains("'x' is no known format of traces; give --format with one of"))
    }

    /// What is accepted fits its shape; what is refused names the file.
    private func expectSound(_ bytes: [UInt8], format: String?, _ name: String) {
        do {
            switch try TraceImport.read(bytes, path: "a", format: format).content {
            case .choices(let trace):
                let shape = trace.shape
                trace.withChoices { choices in
                    #expect(choices.count == trace.rows.count * shape.choicesPerRow, "\(name)")
                    let isEveryExpert = choices.indices.allSatisfy {
                        choices[$0] == RoutingTrace.noExpert
                            || Int(choices[$0]) < shape.numbering.expertCount
                    }
                    #expect(isEveryExpert, "\(name)")
                }
                let steps = trace.rows.map(\.step)
                #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 <= $1 }, "\(name)")
            case .usage(let usage):
                #expect(usage.counts.contains { $0 > 0 }, "\(name)")
            }
        } catch {
            #expect("\(error)".hasPrefix("'a'"), "\(name): \(error)")
        }
    }

    @Test("damaged files are read or refused, and never end the program")
    func damaged() throws {
        let names = [
            "slipstream.bin", "oracle-general.bin", "oracle-general.csv", "usage-iku1.bin",
            "moe-infinity.npy",
            "routed-int32.npy", "routed.npz", "response-base64.json", "response-lists.json",
        ]
        let seed = SeededGenerator.fromEnvironment(fallback: 11).seed
        let rounds: UInt64 = Nightly.isOn ? 20_000 : 300
        for name in names {
            let bytes = try ImportFixtures.bytes(name)
            let format = try TraceImport.read(bytes, path: name).format
            for round in 0..<rounds {
                var mutator = Mutator(seed: seed &+ round)
                let mutant = mutator.mutated(bytes)
                expectSound(mutant, format: round % 4 == 0 ? nil : format, "seed \(seed &+ round), \(name)")
            }
        }
    }

    @Test("damaged texts are read or refused, and never end the program")
    func damagedText() {
        let texts = [
            ("bigmoeonedge", BigMoeOnEdgeImporterTests.text),
            ("colibri", "0 0 3 12:0.5000 7:0.2500\n0 1 3 1:0.6000 2:0.4000\n1 0 4 12:0.5000 7:0.5000\n"),
            ("bigmoeonedge", "turn,phase,step,layer,slot,expert\n0,1,0,0,0,1\n0,1,1,0,0,2\n0,1,2,0,0,3\n"),
            ("bounded-moe", "sequence,layer,expert0,expert1\n0,0,1,2\n1,0,3,2\n2,1,1,2\n3,1,0,5\n"),
            (
                "csv",
                "sequence,position,step,token,phase,layer,rank,expert,weight\n0,0,0,1,prefill,0,0,5,0.5\n"
                    + "0,0,0,1,prefill,1,0,7,0.5\n0,1,1,4,decode,0,0,5,0.25\n0,1,1,4,decode,1,0,2,1\n"
            ),
            ("libcachesim-csv", "time,obj_id,obj_size\n0,5,9\n0,65536,9\n1,4,9\n1,65540,9\n"),
            ("colibri-usage", "-1 5 16\n-2 1 3815245270\n3 0 5\n"),
        ]
        let seed = SeededGenerator.fromEnvironment(fallback: 12).seed
        for (format, text) in texts {
            for round in 0..<UInt64(Nightly.isOn ? 20_000 : 300) {
                var mutator = Mutator(seed: seed &+ round)
                let mutant = mutator.mutated(Array(text.utf8))
                expectSound(mutant, format: format, "seed \(seed &+ round), \(format)")
            }
        }
    }
}
