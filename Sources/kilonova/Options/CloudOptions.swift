import ArgumentParser
import Clients
import Console
import FoundationEssentials
import HTTPTypes
import Model

/// Which cloud a verb works on, and as whom.
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

    /// The version of the accelerator API that operators' verbs need.
    static let version = Microversion(2, 4)

    /// All elements of one of the accelerator API's lists.
    ///
    /// - Parameter collection: its path and the answer's member, such as `hosts`
    func list(
        _ collection: String, query: [(name: String, value: String?)] = [], limit: Int? = nil
    ) async throws -> [JSONValue] {
        try await session().list(
            .accelerator, "/\(collection)", collection, query: query, limit: limit, version: Self.version)
    }

    /// Asks the accelerator API for one object, or to do something with it.
    ///
    /// - Parameter path: steps from `/v2`, in any characters
    @discardableResult
    func call(
        _ method: HTTPRequest.Method = .get, _ path: String..., query: String = "", body: JSONValue? = nil,
        version: Microversion = version
    ) async throws -> JSONValue {
        try await session().send(
            method, .accelerator, path.map { "/\($0.percentEncoded)" }.joined() + query, version: version, body: body)
    }
}
