import NIOCore
import NIOPosix

/// A port that a listener may leave and come back to.
///
/// Below those that the kernel gives to outgoing connections (`ip_local_port_range`): one of these could hold a port
/// from there when its listener comes back.
enum LastingPort {
    static func find() async throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 20_000..<32_000)
            if let channel = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() {
                try await channel.close().get()
                return port
            }
        }
        throw CancellationError()
    }

    private static var bootstrap: ServerBootstrap { ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton) }
}
