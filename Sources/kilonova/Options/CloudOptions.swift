import ArgumentParser
import Console
import FoundationEssentials
import Model

/// Which cloud a verb works on, and as whom.
struct CloudOptions: ParsableArguments {
    @Option(
        name: .customLong("os-cloud"),
        help: ArgumentHelp(
            "A cloud of clouds.yaml; OS_CLOUD, or the variables OS_AUTH_URL and so on, when it is not given.",
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
}
