import Testing
import TraceFiles

@Suite("Errors of trace files")
struct TraceFilesErrorTests {
    @Test("an error names file and place, what was found and what to try")
    func description() {
        let error = TraceFilesError(.invalid(found: "'x'", expected: "a layer"), path: "a.csv", line: 3)
        #expect(
            error.description
                == "'a.csv', line 3: found 'x', expected a layer; repair the file or record it again.")
        let bytes = TraceFilesError(.unsupportedVersion(found: 9), path: "a.sltrace", offset: 8)
        #expect(bytes.description.hasPrefix("'a.sltrace', byte 8: found version 9 of the trace, expected 1;"))
    }
}
