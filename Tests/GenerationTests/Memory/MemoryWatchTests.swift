import Generation
import Testing

@Suite("Memory that others need")
struct MemoryWatchTests {
    private func machine(availableMegabytes: Int, groups: [MachineMemory.Group] = []) -> MachineMemory {
        MachineMemory(totalBytes: 16 << 30, availableBytes: availableMegabytes << 20, groups: groups)
    }

    @Test("the reserve is a twentieth of the limit, within bounds, and auto leaves it")
    func reserve() {
        #expect(machine(availableMegabytes: 0).reserveBytes == 16 << 30 / 20)
        #expect(MachineMemory(totalBytes: 1 << 30, availableBytes: nil).reserveBytes == 256 << 20)
        #expect(MachineMemory(totalBytes: 1 << 40, availableBytes: nil).reserveBytes == 2 << 30)
        let memory = machine(availableMegabytes: 8192)
        #expect(memory.automaticBudgetBytes == 8 << 30 - 16 << 30 / 20)
        #expect(machine(availableMegabytes: 100).automaticBudgetBytes == 0)
    }

    @Test("nothing happens while half the reserve is free")
    func peace() {
        let reserve = machine(availableMegabytes: 0).reserveBytes >> 20
        #expect(MemoryWatch.wish(machine(availableMegabytes: 8192), givenBackBytes: 0) == .nothing)
        #expect(
            MemoryWatch.wish(machine(availableMegabytes: reserve / 2 + 1), givenBackBytes: 0) == .nothing)
        #expect(MemoryWatch.wish(machine(availableMegabytes: reserve), givenBackBytes: 1 << 30) == .nothing)
        let unknown = MachineMemory(totalBytes: nil, availableBytes: nil)
        #expect(MemoryWatch.wish(unknown, givenBackBytes: 1 << 30) == .nothing)
    }

    @Test("a shortage is made good with a quarter more, of the machine or of a group")
    func shortage() {
        let memory = machine(availableMegabytes: 300)
        let wanted = memory.reserveBytes * 5 / 4 - 300 << 20
        #expect(MemoryWatch.wish(memory, givenBackBytes: 0) == .giveBack(wanted))
        let group = MachineMemory.Group(path: "/g", limitBytes: 4 << 30, usedBytes: 4 << 30 - 50 << 20)
        let inGroup = machine(availableMegabytes: 8192, groups: [group])
        #expect(inGroup.reserveBytes == 256 << 20)
        #expect(MemoryWatch.wish(inGroup, givenBackBytes: 0) == .giveBack(270 << 20))
    }

    @Test("slots come back when twice the reserve is free, and no more than were given")
    func plenty() {
        let memory = machine(availableMegabytes: 4096)
        let room = 4 << 30 - 2 * memory.reserveBytes
        #expect(MemoryWatch.wish(memory, givenBackBytes: 8 << 30) == .takeBack(room))
        #expect(MemoryWatch.wish(memory, givenBackBytes: 5 << 20) == .takeBack(5 << 20))
    }
}
