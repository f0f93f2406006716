import Clients
import FoundationEssentials
import HTTPTypes
import Model
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@Suite("Requests over the network")
struct NetworkTransportTests {
    @Test("carries method, path, headers and body there, and status, headers and body back")
    func roundTrip() async throws {
        try await EchoServer.run { port in
            let transport = try NetworkTransport(
                base: "http://127.0.0.1:\(port)/base/", name: "the echo", patience: .long)
            let answer = try await transport.send(
                PeerRequest(.patch, "/x?y=1", headers: [.accept: "text/plain"], body: Array("hello".utf8)))
            #expect(answer.status == 299)
            #expect(answer.headers[.server] == "echo")
            #expect(String(decoding: answer.body, as: UTF8.self) == "PATCH /base/x?y=1 text/plain hello")
        }
    }

    @Test("a peer that hangs up is 503, and the query is not in the log")
    func unreachable() async throws {
        try await EchoServer.run(hangsUp: true) { port in
            let transport = try NetworkTransport(base: "http://127.0.0.1:\(port)", name: "the echo", patience: .long)
            do throws(Fault) {
                _ = try await transport.send(PeerRequest(.get, "/x?secret=1"))
                Issue.record("nobody answered")
            } catch {
                #expect(error.kind == .unavailable)
                #expect(error.message.hasPrefix("The echo"))
                #expect(error.context?.contains("secret") == false)
            }
        }
    }

    @Test func `why nobody answers is said in the system's words`() async throws {
        let transport = try NetworkTransport(base: "http://127.0.0.1:1", name: "the neighbour")
        let fault = await #expect(throws: Fault.self) { try await transport.send(PeerRequest(.get, "/x?secret")) }
        #expect(fault?.message == "The neighbour cannot be reached; try again later.")
        #expect(fault?.context?.lowercased() == "get http://127.0.0.1:1/x: connection refused")
    }

    @Test("a CA file that cannot be read is told by its name")
    func caFile() {
        let error = #expect(throws: Fault.self) {
            try NetworkTransport(base: "https://127.0.0.1", name: "the echo", caFile: "/nowhere/ca.pem")
        }
        #expect(error?.context?.contains("/nowhere/ca.pem") == true)
    }
}

/// Answers what it was asked.
private enum EchoServer {
    static func run<Answer: Sendable>(
        hangsUp: Bool = false, _ body: (Int) async throws -> Answer
    ) async throws -> Answer {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                if hangsUp { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let answer = try await body(channel.localAddress?.port ?? 0)
            try await channel.close()
            return answer
        } catch {
            try? await channel.close()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private var text = ""

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                text = "\(head.method.rawValue) \(head.uri) \(head.headers["Accept"].first ?? "-") "
            case .body(let buffer): text += String(buffer: buffer)
            case .end:
                let head = HTTPResponseHead(
                    version: .http1_1, status: .custom(code: 299, reasonPhrase: "Echo"),
                    headers: ["Server": "echo", "Content-Length": "\(text.utf8.count)"])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
