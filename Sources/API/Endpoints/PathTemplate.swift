/// A path with typed parameters: `"/resource_providers/\(uuid)/inventories"`. Relative to its service's prefix.
public struct PathTemplate: Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    public enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
    }

    public let segments: [Segment]
    public let parameters: [ParameterDescription]
    /// Whether the template ends in a slash, as in `/v3/`.
    package let hasTrailingSlash: Bool

    public init(stringLiteral value: String) {
        var interpolation = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        interpolation.appendLiteral(value)
        self.init(stringInterpolation: interpolation)
    }

    public init(stringInterpolation: StringInterpolation) {
        segments = stringInterpolation.text.split(separator: "/").map { part in
            part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
        parameters = stringInterpolation.parameters
        hasTrailingSlash = stringInterpolation.text.count > 1 && stringInterpolation.text.hasSuffix("/")
    }

    /// OpenAPI's form: `/resource_providers/{uuid}`.
    public var description: String {
        let text = segments.map { segment in
            switch segment {
            case .literal(let literal): "/\(literal)"
            case .parameter(let name): "/{\(name)}"
            }
        }.joined()
        return text.isEmpty ? "/" : text + (hasTrailingSlash ? "/" : "")
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var parameters: [ParameterDescription] = []

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        public mutating func appendInterpolation<Value>(_ parameter: PathParameter<Value>) {
            text += "{\(parameter.name)}"
            parameters.append(parameter.description)
        }
    }
}
