import Kernels
import Testing

@Suite("Choosing an instruction set")
struct InstructionSetTests {
    @Test("the plainest set is always there, and the best is the last of the available")
    func availability() {
        #expect(InstructionSet.available.first == .scalar)
        #expect(InstructionSet.best == InstructionSet.available.last)
    }

    @Test("every available set can be asked for by name, in any case", arguments: InstructionSet.available)
    func byName(set: InstructionSet) throws {
        #expect(try InstructionSet.named(set.rawValue) == set)
        #expect(try InstructionSet.named(set.rawValue.uppercased()) == set)
    }

    @Test("a name that is none is refused with the names that would do")
    func unknownName() {
        let error = #expect(throws: KernelsError.self) { try InstructionSet.named("sse9") }
        #expect(error?.code == .unknownInstructionSet("sse9"))
        #expect(error?.description.contains("sse9") == true && error?.description.contains("scalar") == true)
    }

    @Test("a set that this machine lacks is refused")
    func unsupportedSet() throws {
        let missing = InstructionSet.allCases.filter { !InstructionSet.available.contains($0) }
        for set in missing {
            #expect(throws: KernelsError(.unsupportedInstructionSet(set))) {
                try InstructionSet.named(set.rawValue)
            }
        }
    }
}
