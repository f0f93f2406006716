import ArgumentParser
import Clients
import Console
import FoundationEssentials
import HTTPTypes
import Model

/// Selects the cloud and the account of a command.
struct CloudOptions: ParsableArguments {
    @Option(
        name: .customLong("os-cloud"),
        help: ArgumentHelp(
            "A cloud of clouds.yaml; the default is OS_CLOUD, or the variables OS_AUTH_URL and so on.",
            valueName: "name"))
    var cloud: String?

    func session() throws -> CloudSession { try CloudSession(Self.reader.cloud(cloud)) }

    static var reader: CloudReader {
        CloudReader(environment: ProcessInfo.processInfo.environment) { path in
            FileManager.default.contents(atPath: path).flatMap { String(bytes: $0, encoding: .utf8) }
        }
    }

    /// The version of the accelerator API that operators' commands need.
    static let version = Microversion(2, 4)

    /// All elements of one list of the accelerator API.
    ///
    /// - Parameter collection: the list's path and the response's member, such as `hosts`
    func list(
        _ collection: String, query: [(name: String, value: String?)] = [], limit: Int? = nil
    ) async throws -> [JSONValue] {
        try await session().list(
            .accelerator, "/\(collection)", collection, query: query, limit: limit, version: Self.version)
    }

    /// Reads one object of the accelerator API, or requests an action on it.
    ///
    /// - Parameter path: path components below `/v2`, with any characters
    @discardableResult
    func call(
        _ method: HTTPRequest.Method = .get, _ path: String..., query: String = "", body: JSONValue? = nil,
        version: Microversion = version
    ) async throws -> JSONValue {
        try await session().send(
            method, .accelerator, path.map { "/\($0.percentEncoded)" }.joined() + query, version: version, body: body)
    }
}
