import Kernels
package import Models

/// Gives memory of expert slots back when others need it, and takes it again when they are done.
///
/// Only for `--memory auto`: a budget that the user set is kept. The text does not depend on it. Runs on:
/// engine thread, between two steps.
package struct MemoryWatch {
    /// What should happen to the slots.
    package enum Wish: Equatable {
        case giveBack(Int)
        case takeBack(Int)
        case nothing
    }

    private let files: any SystemFiles
    private var nextLook: UInt64 = 0

    /// Often enough for a program that starts, seldom enough to cost nothing.
    private static let nanosecondsBetweenLooks: UInt64 = 250_000_000

    package init(_ files: any SystemFiles = MachineFiles()) { self.files = files }

    /// Looks at the machine's memory now and then, and changes the slots of `model` after it.
    package mutating func look(_ model: LanguageModel) {
        let now = monotonicNanoseconds()
        guard now >= nextLook else { return }
        nextLook = now + Self.nanosecondsBetweenLooks
        switch Self.wish(MachineMemory.read(from: files), givenBackBytes: model.givenBackSlotBytes) {
        case .giveBack(let bytes): model.giveBackSlots(byteCount: bytes)
        case .takeBack(let bytes): model.takeBackSlots(byteCount: bytes)
        case .nothing: break
        }
    }

    /// What to do where so much was given back: the reserve is restored with a quarter more, so that the next
    /// look finds peace, and slots come back only when twice the reserve is free.
    package static func wish(_ memory: MachineMemory, givenBackBytes: Int) -> Wish {
        guard let usable = memory.usableBytes else { return .nothing }
        let reserve = memory.reserveBytes
        if usable < reserve / 2 { return .giveBack(reserve + reserve / 4 - usable) }
        if usable > 2 * reserve, givenBackBytes > 0 {
            return .takeBack(min(usable - 2 * reserve, givenBackBytes))
        }
        return .nothing
    }
}
