import Foundation

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Reads a document with the system's parser of XML: what is well-formed, which elements and which texts it
/// has.
final class XMLCheck: NSObject, XMLParserDelegate {
    private(set) var elements: [String] = []
    private(set) var attributes: [(name: String, value: String)] = []
    private(set) var text = ""
    private(set) var problem: String?

    init(_ document: String) {
        super.init()
        // The declaration of HTML is no declaration of a document type in XML.
        let content = document.replacingOccurrences(of: "<!DOCTYPE html>\n", with: "")
        let parser = XMLParser(data: Data(content.utf8))
        parser.delegate = self
        if !parser.parse() {
            problem = "\(parser.parserError.map { "\($0)" } ?? "unknown") in line \(parser.lineNumber)"
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String] = [:]
    ) {
        elements.append(elementName)
        self.attributes += attributes.map { ($0.key, $0.value) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    /// Values of all attributes of that name.
    func values(_ name: String) -> [String] { attributes.filter { $0.name == name }.map(\.value) }
}
