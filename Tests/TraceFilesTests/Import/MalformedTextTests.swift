import Testing
import TraceFiles

@Suite("Malformed traces as text")
struct MalformedTextTests {
    /// A text, the format that it is read as, and the whole error behind the file's name.
    struct Case: CustomTestStringConvertible, Sendable {
        let title: String
        let text: String
        let error: String
        var format: String?
        var facts = ImportFacts()
        var testDescription: String { title }

        init(_ title: String, _ text: String, _ error: String, format: String? = nil) {
            (self.title, self.text, self.error, self.format) = (title, text, error, format)
        }
    }

    private static let header = "sequence,position,layer,rank,expert,weight\n"
    private static let tableAdvice = "check that the file is of this model and not cut or shifted."
    private static let timeAdvice =
        "expected times that do not fall, and no time, id or size below 0; check that ids are layer * 65536 "
        + "+ expert and the file is not cut or shifted."
    private static let sizeAdvice = "correct the number; it is of one expert."
    private static let rankAdvice =
        "write the choices of a token and layer one after another, from rank 0 on."

    static let tables: [Case] = [
        Case(
            "unknown column", "position,layer,rank,expert,colour\n0,0,0,1,red\n",
            ", line 1: found a column 'colour', expected columns of sequence, position, step, "
                + "token, phase, layer, "
                + "rank, slot, expert, weight, margin; leave it out or rename it."),
        Case(
            "missing column", "sequence,layer,rank,expert\n0,0,0,1\n",
            ", line 1: found no column 'position' or 'step', expected one in the header; add it, or name the "
                + "format with --format."),
        Case(
            "two columns of one meaning", "position,layer,rank,slot,expert\n0,0,0,0,1\n",
            ", line 1: found a second column 'slot' of the same meaning, expected one of each; leave one out."
        ),
        Case(
            "too few fields", header + "0,0,0,0,1,0.5\n0,1,0,0\n",
            ", line 3: found 4 of the header's 6 fields, expected one for each column; repair "
                + "the line, or cut "
                + "the file off there."),
        Case(
            "too many fields", header + "0,0,0,0,1,0.5,9\n",
            ", line 2: found more fields than the header's 6, expected one for each column; "
                + "repair the line, or "
                + "cut the file off there."),
        Case(
            "no number", header + "0,0,zero,0,1,0.5\n",
            ", line 2: found 'zero' in column 'layer', expected an integer; repair the line."),
        Case(
            "a number that does not fit", header + "0,0,0,0,1234567890123456789,0.5\n",
            ", line 2: found '1234567890123456789' in column 'expert', expected an integer; "
                + "repair the line."),
        Case(
            "an empty field", header + "0,0,,0,1,0.5\n",
            ", line 2: found nothing in column 'layer', expected an integer; repair the line."),
        Case(
            "no weight", header + "0,0,0,0,1,heavy\n",
            ", line 2: found 'heavy' in column 'weight', expected a number, nan or nothing; "
                + "repair the line."),
        Case(
            "missing phase", "position,phase,layer,rank,expert\n0,,0,0,1\n",
            ", line 2: found nothing in column 'phase', expected prefill, decode, 0 or 1; repair the line."),
        Case(
            "unknown phase", "position,phase,layer,rank,expert\n0,2,0,0,1\n",
            ", line 2: found '2' in column 'phase', expected prefill, decode, 0 or 1; repair the line."),
        Case(
            "expert out of range", "# experts 4\n" + header + "0,0,0,0,4,0.5\n",
            ", line 3: found expert 4, expected 0 to 3; " + tableAdvice),
        Case(
            "layer out of range", header + "0,0,4096,0,4,0.5\n",
            ", line 2: found layer 4096, expected 0 to 4095; " + tableAdvice),
        Case(
            "negative position", header + "0,-1,0,0,4,0.5\n",
            ", line 2: found position -1, expected 0 to 4294967295; " + tableAdvice),
        Case(
            "a first step below 0", "position,step,layer,rank,expert\n0,-1,0,0,3\n",
            ", line 2: found step -1, expected 0 to 4294967295; " + tableAdvice),
        Case(
            "a first step beyond all", "position,step,layer,rank,expert\n0,4294967296,0,0,3\n",
            ", line 2: found step 4294967296, expected 0 to 4294967295; " + tableAdvice),
        Case(
            "rank twice", header + "0,0,0,0,1,0.5\n0,0,0,0,2,0.5\n",
            ", line 3: found rank 0 a second time, expected rank 1 next; " + rankAdvice),
        Case(
            "rank left out", header + "0,0,0,0,1,0.5\n0,0,0,2,2,0.5\n",
            ", line 3: found rank 2, expected rank 1 next; " + rankAdvice),
        Case(
            "expert twice", header + "0,0,0,0,1,0.5\n0,0,0,1,1,0.5\n",
            ", line 3: found expert 1 a second time in layer 0, expected different experts of a "
                + "token; repair "
                + "the line or record."),
        Case(
            "too many experts", "# top_k 1\n" + header + "0,0,0,0,1,0.5\n0,0,0,1,2,0.5\n",
            ", line 4: found 2 experts of a token in layer 0, expected at most 1; correct the "
                + "file's header or "
                + "the line."),
        Case(
            "layer twice", header + "0,0,0,0,1,0.5\n0,0,1,0,1,0.5\n0,0,0,0,1,0.5\n",
            ", line 4: found layer 0 of sequence 0, position 0 a second time, expected each layer of a token "
                + "once; leave the second one out."),
        Case(
            "token that comes back", header + "0,0,0,0,1,0.5\n0,1,0,0,1,0.5\n0,0,1,0,1,0.5\n",
            ", line 4: found position 0 of sequence 0 after position 1, expected positions that rise in each "
                + "sequence, the lines of a token together; sort the file by sequence, position, layer and "
                + "rank, or number the steps."),
        Case(
            "steps that fall", "position,step,layer,rank,expert\n0,5,0,0,1\n1,3,0,0,1\n",
            ", line 3: found step 3 after step 5, expected steps that do not fall; sort the file by step."),
        Case(
            "another token at a place",
            "position,token,layer,rank,expert\n0,5,0,0,1\n0,6,1,0,1\n",
            ", line 3: found another token or phase than on earlier lines of the same place in the text, "
                + "expected the same; repair the line."),
        Case(
            "no choice", header,
            ": found no choice, expected at least one; check that the recorder was switched on."),
        Case(
            "no header", "# layers 3\n",
            ": found no header, expected a line with the names of the columns; write one in "
                + "front of the first "
                + "choice.", format: "csv"),
        Case(
            "more layers than stated", "# layers 1\n" + header + "0,0,0,0,1,0.5\n0,0,1,0,1,0.5\n",
            ", line 4: found layer 1, which is one too many, expected 1 layers; check that the file is of "
                + "this model."),
        Case(
            "a layer beyond the stated ones", "# layers 4\n" + header + "0,0,0,0,1,0.5\n0,0,7,0,1,0.5\n",
            ", line 4: found 2 layers up to 7, expected 4 layers; check that the file is of this model."),
        Case(
            "more layers with sizes than stated",
            "# layers 1\n# layer 0 expert_bytes 8\n# layer 1 expert_bytes 8\n" + header,
            ", line 3: found 2 layers with experts, expected 1, as the file says; correct the number."),
        Case(
            "a layer with a size that is none", "# layer 4294967295 expert_bytes 8\n" + header,
            ", line 1: found layer 4294967295, expected 0 to 4095; " + tableAdvice),
        Case(
            "experts larger than any", "# layer 0 expert_bytes 9223372036854775807\n" + header,
            ", line 1: found an expert of 9223372036854775807 bytes, expected at most 1099511627776; "
                + sizeAdvice),
        Case(
            "experts of more bytes than 64 bits count",
            "# layers 1\n# layer 0 expert_bytes 99999999999999999999\n" + header,
            ", line 2: found an expert of 9223372036854775807 bytes, expected at most 1099511627776; "
                + sizeAdvice),
        Case(
            "no experts", "# layers 3 experts 0\n" + header,
            ", line 1: found 0 experts in a layer, expected 1 to 65535; correct the number."),
    ]

    private static let edgeHeader =
        "# route_trace v1\n# model=a arch=b n_layer=2 n_expert=4 n_expert_used=1\n"

    static let others: [Case] = [
        Case(
            "BigMoeOnEdge of another version", "# route_trace v2\nturn,phase,step,layer,slot,expert\n",
            ", line 1: found version '2', expected version 1; record it with --route-trace of a version that "
                + "writes 1."),
        Case(
            "BigMoeOnEdge with an unknown column among the known",
            "turn,phase,step,colour,layer,slot,expert\n0,0,0,0,0,0,0\n",
            ", line 1: found a column 'colour', expected columns of turn, phase, step, layer, slot, expert, "
                + "weight, residency, expert_bytes, dropped; leave it out or rename it."),
        Case(
            "BigMoeOnEdge with an unknown column behind the known",
            "# route_trace v1\nturn,phase,step,layer,slot,expert,weight,latency_us\n0,0,0,0,0,0,0,1\n",
            ", line 2: found a column 'latency_us', expected columns of turn, phase, step, layer, slot, "
                + "expert, weight, residency, expert_bytes, dropped; leave it out or rename it."),
        Case(
            "BigMoeOnEdge with a layer that its model has not",
            edgeHeader + "turn,phase,step,layer,slot,expert\n0,0,0,0,0,1\n0,0,0,1,0,1\n0,0,0,77,0,1\n",
            ", line 6: found layer 77, expected 0 to 1; " + tableAdvice),
        Case(
            "BigMoeOnEdge with a size of a layer that its model has not",
            edgeHeader + "# layer=2 expert_bytes=0 dense_bytes=5\n",
            ", line 3: found layer 2, expected 0 to 1; " + tableAdvice),
        Case(
            "BigMoeOnEdge with fewer layers than sizes",
            "# route_trace v1\n# layer=5 expert_bytes=9 dense_bytes=5\n# model=a n_layer=2 n_expert=4\n",
            ", line 3: found 2 layers of the model, expected more than layer 5, which was named before; "
                + "correct the number.", format: "bigmoeonedge"),
        Case(
            "BigMoeOnEdge with experts larger than any",
            edgeHeader + "# layer=1 expert_bytes=18446744073709551615 dense_bytes=5\n",
            ", line 3: found an expert of 9223372036854775807 bytes, expected at most 1099511627776; "
                + sizeAdvice),
        Case(
            "BigMoeOnEdge with one layer and a position that comes back",
            "turn,phase,step,layer,slot,expert\n0,1,0,0,0,1\n0,1,1,0,0,2\n0,1,0,0,0,3\n",
            ", line 4: found layer 0 of sequence 0, position 0 a second time, expected each layer of a token "
                + "once; leave the second one out."),
        Case(
            "BigMoeOnEdge without phases", "# route_trace v1\nturn,step,layer,slot,expert\n0,0,0,0,0\n",
            ", line 2: found no column 'phase', expected one in the header; add it, or name the format with "
                + "--format."),
        Case(
            "BigMoeOnEdge's row without a position", "turn,phase,step,layer,slot,expert\n0,0,-1,0,0,1\n",
            ", line 2: found position -1, expected 0 to 4294967295; " + tableAdvice),
        Case(
            "bounded-moe with a line missing",
            "sequence,layer,expert0,expert1,expert2,expert3,expert4,expert5,expert6,expert7\n"
                + "0,0,0,1,2,3,4,5,6,7\n2,0,0,1,2,3,4,5,6,7\n",
            ", line 3: found sequence 2, expected 1; lines are missing or out of order; record it again."),
        Case(
            "bounded-moe without all columns", "sequence,layer,expert0\n0,0,1\n",
            ", line 1: found no column 'expert1', expected one in the header; add it, or name "
                + "the format with "
                + "--format."),
        Case(
            "colibri's line that is cut", "0 0 3 12:0.5000 7:0.2500\n0 1 3 12:0.5000 7\n",
            ", line 2: found '7', expected an expert and ':'; expected lines CALL ROW LAYER "
                + "EXPERT:WEIGHT ...; "
                + "the last line of a killed run may be cut, remove it."),
        Case(
            "colibri's row out of order", "0 0 3 12:0.5\n0 2 3 12:0.5\n",
            ", line 2: found row 2, expected row 1 of call 0; lines are missing or out of order; record it "
                + "again."),
        Case(
            "two traces of colibri", "7 0 3 12:0.5\n0 0 3 12:0.5\n",
            ", line 2: found call 0 after call 7, expected calls that do not fall; two traces were joined; "
                + "import them one by one."),
        Case(
            "colibri's usage with four numbers", "0 1 2\n3 7 12 99\n",
            ", line 2: found '3 7 12 99', expected three integers, layer, expert and count; "
                + "remove the line, or "
                + "copy the file again."),
        Case(
            "colibri's usage of another version", "-1 3 8\n-2 2 5\n0 1 2\n",
            ", line 2: found version 2, expected version 1; update Sluice."),
        Case(
            "colibri's usage of an expert that is none", "-1 3 8\n0 8 2\n",
            ", line 2: found expert 8, expected 0 to 7; check that the file is of this model and not cut."),
        Case(
            "colibri's usage with a layer beyond its header", "-1 2 8\n0 1 2\n7 0 5\n",
            ", line 3: found layer 7, expected 0 to 2; check that the file is of this model and not cut."),
        Case(
            "colibri's usage with a header behind a larger expert", "0 1 2\n0 100 5\n-1 1 8\n",
            ", line 2: found expert 100, expected 0 to 7; check that the file is of this model and not cut."),
        Case(
            "colibri's usage with a header behind a larger layer", "3 0 5\n-1 1 8\n",
            ", line 1: found layer 3, expected 0 to 1; check that the file is of this model and not cut."),
        Case(
            "colibri's usage with a header that is none", "-1 2 0\n0 0 5\n",
            ", line 1: found 0 experts in a layer, expected 1 to 65535; correct the number."),
        Case(
            "colibri's usage with a sum beyond all",
            String(repeating: "0 0 9007199254740991\n", count: 1_025) + "0 1 1\n",
            ", line 2: found 18014398509481982 uses up to here, expected at most 9007199254740992 in the "
                + "whole file; check that the file is not damaged."),
        Case(
            "requests of objects larger than any", "time,obj_id,obj_size\n1,0,9\n1,1,1099511627777\n",
            ", line 3: found an expert of 1099511627777 bytes, expected at most 1099511627776; "
                + sizeAdvice),
        Case(
            "requests whose times fall", "time,obj_id,obj_size\n1,0,9\n0,1,9\n",
            ", line 3: found time 0 after 1, " + timeAdvice),
        Case(
            "requests that begin before time 0", "time,obj_id,obj_size\n-1,5,1\n",
            ", line 2: found time -1, " + timeAdvice),
        Case(
            "a response without routing", "{\"choices\": [{\"text\": \"x\"}]}",
            ": found no choices[0].routed_experts, expected lists or base64 of an array; start "
                + "the server with "
                + "--enable-return-routed-experts."),
        Case(
            "a response with an expert that is none", "{\"routed_experts\": [[[1, 2]], [[3, \"x\"]]]}",
            ": found a string at token 1 of routed_experts, expected an expert; save the response again."),
        Case(
            "a response with ragged lists", "{\"routed_experts\": [[[1, 2]], [[3]]]}",
            ": found 1 layers and 1 experts at token 1 of routed_experts, expected 1 and 2, as "
                + "before; import "
                + "traces of different models one by one."),
    ]

    @Test("each is refused with its line, what was expected and what to try", arguments: tables + others)
    func refused(_ malformed: Case) {
        #expect(
            failure(Array(malformed.text.utf8), format: malformed.format) == "'a'" + malformed.error)
    }

    @Test("what the user says may not contradict the file")
    func contradiction() {
        let text = "# experts 4\n" + Self.header + "0,0,0,0,1,0.5\n"
        #expect(
            failure(Array(text.utf8), facts: ImportFacts(expertCount: 8))
                == "'a': found 4 experts in the file, expected 8, as --experts says; leave --experts out.")
    }

    @Test("what the user says of experts is no larger than what a trace can say")
    func tooLarge() {
        let text = Self.header + "0,0,0,0,1,0.5\n"
        let limit = 1_099_511_627_776
        #expect(
            failure(Array(text.utf8), facts: ImportFacts(expertBytes: limit + 1))
                == "'a': found an expert of 1099511627777 bytes, expected at most 1099511627776; "
                + Self.sizeAdvice)
        #expect(failure(Array(text.utf8), facts: ImportFacts(expertBytes: limit)) == "no error")
        #expect(
            failure(Array("0 0 5\n".utf8), facts: ImportFacts(expertCount: .max))
                == "'a': found \(Int.max) experts in a layer, expected 1 to 65535; correct the number.")
    }

    @Test("a file in which most places would stay empty is refused before memory is taken")
    func sparse() {
        // 256 layers of one token, then many tokens with one choice.
        var text = "position,layer,rank,expert\n"
        for layer in 0..<256 { text += "0,\(layer),0,1\n" }
        for position in 1..<6_000 { text += "\(position),0,0,1\n" }
        #expect(failure(Array(text.utf8)).contains("at most 1148656 are accepted"))
    }

    @Test("a line longer than any is refused")
    func longLine() {
        let text = "position,layer,rank,expert\n" + String(repeating: "1", count: 70_000)
        #expect(failure(Array(text.utf8)).hasPrefix("'a', line 2: the bytes of a line: found 65537"))
    }
}
