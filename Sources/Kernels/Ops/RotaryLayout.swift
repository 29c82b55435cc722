/// Which two elements of a head rotary embedding turns together.
public enum RotaryLayout: Sendable {
    /// Element i with element i + size / 2 of the rotated part.
    case halves
    /// Elements 2i and 2i + 1.
    case interleaved
}
