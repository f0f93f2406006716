import API
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// The agents' process: opens connections when it is told to and keeps them, as lean as it can.
///
/// On standard input a line `streams N` or `requests N`; on standard output `open N` once that many are open in all.
struct IdleFleet {
    private let port: Int
    private let certificates: [NIOSSLCertificate]
    private let key: NIOSSLPrivateKey
    private let authority: [NIOSSLCertificate]

    init(port: Int, folder: String, count: Int) throws {
        _ = OpenFiles.raise(to: 1 << 20)
        self.port = port
        certificates = try NIOSSLCertificate.fromPEMFile("\(folder)/certificates.pem")
        key = try NIOSSLPrivateKey(file: "\(folder)/key.pem", format: .pem)
        authority = try NIOSSLCertificate.fromPEMFile("\(folder)/authority.pem")
    }

    func run() async throws {
        var streams = 0
        var requests = 0
        while let line = readLine() {
            let words = line.split(separator: " ")
            guard words.count == 2, let count = Int(words[1]) else { return }
            // Whatever goes wrong, this process ends.
            _ = alarm(300)
            if words[0] == "streams" {
                try await open(streams..<count) { number in
                    Self.request("GET", number, "watch?after=0", nil)
                }
                streams = count
            } else {
                try await open(requests..<count) { number in
                    Self.request("PUT", number, "heartbeat", #"{"revision":0,"agentVersion":"1"}"#)
                }
                requests = count
            }
            _ = alarm(0)
            try FileHandle.standardOutput.write(contentsOf: Data("open \(count)\n".utf8))
        }
    }

    private static func request(_ method: String, _ number: Int, _ path: String, _ body: String?) -> String {
        var text = "\(method) /agent/v1/hosts/\(ServerUnderTest.host(number))/\(path) HTTP/1.1\r\nHost: server\r\n"
        if let body { text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        return text + "\r\n" + (body ?? "")
    }

    private func open(_ numbers: Range<Int>, _ request: @escaping @Sendable (Int) -> String) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = numbers.lowerBound
            func add() throws {
                let number = next
                next += 1
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .certificates(authority)
                tls.certificateVerification = .noHostnameVerification
                tls.certificateChain = [.certificate(certificates[number])]
                tls.privateKey = .privateKey(key)
                let context = try NIOSSLContext(configuration: tls)
                let port = port
                group.addTask { try await Self.connect(port, context, request(number)) }
            }
            while next < min(numbers.lowerBound + 64, numbers.upperBound) { try add() }
            while try await group.next() != nil {
                if next < numbers.upperBound { try add() }
            }
        }
    }

    /// Returns when the answer has begun.
    private static func connect(_ port: Int, _ context: NIOSSLContext, _ request: String) async throws {
        let answered = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        _ = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOSSLClientHandler(context: context, serverHostname: nil),
                        IdleConnection(request: request, answered: answered))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        try await answered.futureResult.get()
    }
}

/// Sends one request and drops what comes.
private final class IdleConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Refused: Error {
        let answer: String
    }

    private let request: String
    private var answered: EventLoopPromise<Void>?

    init(request: String, answered: EventLoopPromise<Void>) {
        self.request = request
        self.answered = answered
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let answered else { return }
        let head = String(buffer: unwrapInboundIn(data))
        self.answered = nil
        if head.hasPrefix("HTTP/1.1 20") {
            answered.succeed()
        } else {
            answered.fail(Refused(answer: String(head.prefix(200))))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answered?.fail(error)
        answered = nil
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answered?.fail(ChannelError.eof)
        answered = nil
    }
}
