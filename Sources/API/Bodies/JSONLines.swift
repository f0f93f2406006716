public import Model
import NIOCore

/// A body of JSON values in lines, read as they arrive. A line that is refused does not end it.
///
/// Can be iterated once, and ends with the body. The iteration throws a `Fault` where a line is too long (413) or the body breaks
/// off (400), and `CancellationError` where the client has left.
public struct JSONLines<Item: Decodable & Sendable>: AsyncSequence, Sendable {
    /// What was read of a line, or why it is refused.
    public typealias Element = Result<Item, Fault>

    private let source: ArrivingBody
    private let schema: Schema
    private let longest: Int
    private let malformed: @Sendable (SchemaProblem) -> Fault

    init(
        _ source: ArrivingBody, schema: Schema, longest: Int, malformed: @escaping @Sendable (SchemaProblem) -> Fault
    ) {
        self.source = source
        self.schema = schema
        self.longest = longest
        self.malformed = malformed
    }

    public func makeAsyncIterator() -> Iterator { Iterator(lines: self, splitter: LineSplitter(limit: longest)) }

    private func item(_ line: [UInt8]) -> Element {
        do throws(Fault) {
            let value = try JSONParser.parse(line)
            if let problem = schema.problem(with: value) { return .failure(malformed(problem)) }
            return .success(try decodeBody(Item.self, from: line, value))
        } catch {
            return .failure(error)
        }
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let lines: JSONLines
        fileprivate var splitter: LineSplitter
        private var waiting: ArraySlice<[UInt8]> = []

        fileprivate init(lines: JSONLines, splitter: LineSplitter) {
            self.lines = lines
            self.splitter = splitter
        }

        public mutating func next() async throws -> Element? {
            while waiting.isEmpty {
                guard let piece = try await lines.source.next() else { return nil }
                do {
                    waiting = try splitter.feed(piece.readableBytesView)[...]
                } catch {
                    throw Fault(.tooLarge, "A line is longer than the \(lines.longest) bytes that are accepted.")
                }
            }
            return lines.item(waiting.removeFirst())
        }
    }
}
