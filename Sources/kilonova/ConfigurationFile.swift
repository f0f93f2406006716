import ControlPlane
import FoundationEssentials
import Model
import Settings

/// The file that `--config` names.
enum ConfigurationFile {
    static func read(_ path: String?) throws -> (text: String, name: String)? {
        guard let path else { return nil }
        guard let data = FileManager.default.contents(atPath: path), let text = String(bytes: data, encoding: .utf8)
        else {
            throw Fault.badRequest("The configuration file '\(path)' cannot be read as UTF-8 text.")
        }
        return (text, path)
    }

    static func settings(_ path: String?) throws -> Settings {
        try Settings(file: try read(path), environment: ProcessInfo.processInfo.environment)
    }
}
