import Foundation
import NIOCore
import NIOPosix

/// `kilonova server` on a database in a folder of its own, started and killed as often as one likes.
final class ControlPlaneProcess {
    let folder: URL
    let agentsPort: Int
    private let binary: String
    private var process: Process?

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    init(binary: String) async throws {
        self.binary = binary
        folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-fleet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        agentsPort = try await Self.freePort()
        let port = try await Self.freePort()
        try """
        listen:
          address: "127.0.0.1:\(port)"
        database:
          url: "sqlite://\(folder.path)/state.db"
        agents:
          address: "127.0.0.1:\(agentsPort)"
          authority_folder: "\(folder.path)/ca"
          max_connections: 100000
        log:
          level: error
          access: false
        """.write(to: folder.appending(path: "kilonova.yaml"), atomically: true, encoding: .utf8)
    }

    var database: String { folder.appending(path: "state.db").path }

    /// Returns when it is ready.
    func start() throws {
        let process = Process()
        process.executableURL = URL(filePath: binary)
        process.arguments = ["server", "--config", folder.appending(path: "kilonova.yaml").path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        self.process = process
        guard try output.fileHandleForReading.read(upToCount: 6) == Data("ready ".utf8) else {
            throw Failed(description: "the server did not start")
        }
    }

    /// As a power cut would.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        self.process = nil
    }

    func remove() {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Seconds of processor time of all threads so far.
    var processorTime: Double {
        guard let process,
            let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return 0 }
        let fields = text[end...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// MB resident.
    var resident: Double {
        guard let process,
            let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
        else { return 0 }
        return (Double(line.filter(\.isNumber)) ?? 0) / 1000
    }

    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}
