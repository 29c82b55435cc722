/// Owns `count` values that lie side by side.
///
/// Every access is checked against `count`. A struct that cannot be copied, and no `Array`: writing an
/// element asks for no uniqueness and no exclusivity at run time. Allocates: once.
@safe package struct FlatArray<Element: BitwiseCopyable>: ~Copyable {
    package let count: Int
    private let base: UnsafeMutablePointer<Element>

    package init(repeating value: Element, count: Int) {
        precondition(count >= 0, "\(count) elements")
        self.count = count
        unsafe base = .allocate(capacity: max(count, 1))
        unsafe base.initialize(repeating: value, count: max(count, 1))
    }

    deinit { unsafe base.deallocate() }

    /// Element `index`.
    package subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "index \(index) of \(count)")
            return unsafe base[index]
        }
        set {
            precondition(index >= 0 && index < count, "index \(index) of \(count)")
            unsafe base[index] = newValue
        }
    }

    /// Calls `body` with the elements of `range`.
    package func withSpan<Result>(_ range: Range<Int>, _ body: (Span<Element>) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "elements \(range) of \(count)")
        return unsafe body(
            UnsafeBufferPointer(start: base + range.lowerBound, count: range.count).span)
    }
}
