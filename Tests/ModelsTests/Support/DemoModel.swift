import Foundation

/// The model that is part of the package.
enum DemoModel {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Generation/Resources/demo-q8_0.gguf").path
}
