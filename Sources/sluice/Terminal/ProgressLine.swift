import Foundation
import Generation

/// One line on standard error that says how far something is and how long it still takes; only on a terminal.
struct ProgressLine {
    private let title: String
    private let isShown: Bool
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var lastShown: ContinuousClock.Instant?
    private var isVisible = false

    /// Work that is over sooner than this needs no line.
    private static let patience = Duration.milliseconds(300)

    init(_ title: String, isShown: Bool = true) {
        self.title = title
        self.isShown = isShown && StandardError.isTerminal
        start = clock.now
    }

    /// Shows the state, at most ten times a second.
    mutating func show(done: Int, total: Int, detail: String = "", unit: (Int) -> String = { "\($0)" }) {
        let now = clock.now
        guard isShown, total > 0, now - start >= Self.patience else { return }
        if let lastShown, now - lastShown < .milliseconds(100), done < total { return }
        lastShown = now
        isVisible = true
        let elapsed = (now - start).inSeconds
        let left = done > 0 ? elapsed / Double(done) * Double(total - done) : 0
        let percent = 100 * done / total
        let state =
            "\(title) \(unit(done)) of \(unit(total)) (\(percent) %), \(Self.text(seconds: left)) left"
        StandardError.write("\r\u{1B}[K" + state + (detail.isEmpty ? "" : ", \(detail)"))
    }

    /// Takes the line away.
    mutating func clear() {
        if isVisible { StandardError.write("\r\u{1B}[K") }
        isVisible = false
    }

    /// `1 h 02 min`, `3 min 20 s`, `12 s`.
    static func text(seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole >= 3600 { return "\(whole / 3600) h \(whole % 3600 / 60) min" }
        return whole >= 60 ? "\(whole / 60) min \(whole % 60) s" : "\(whole) s"
    }
}
