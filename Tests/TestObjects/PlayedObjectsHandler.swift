import NIOCore
import NIOHTTP1

/// One connection to the played store: a request whole, then its response, piece by piece as the client takes it.
final class PlayedObjectsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let objects: PlayedObjects
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isSending = false

    private static let piece = 64 * 1024

    init(_ objects: PlayedObjects) {
        self.objects = objects
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let bytes): body += bytes.readableBytesView
        case .end:
            guard let head else { return }
            var headers: [String: String] = [:]
            for (name, value) in head.headers { headers[name.lowercased()] = value }
            let request = PlayedRequest(
                method: head.method.rawValue, target: head.uri, headers: headers, body: body)
            let (objects, loop) = (objects, context.eventLoop)
            let bound = NIOLoopBound((self, context), eventLoop: loop)
            Task {
                let response = await objects.respond(to: request)
                loop.execute {
                    let (handler, context) = bound.value
                    handler.send(response, isHead: request.method == "HEAD", context)
                }
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isSending { objects.noteAbandonment() }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func send(_ response: PlayedBucket.Response, isHead: Bool, _ context: ChannelHandlerContext) {
        guard !response.isLost else { return context.close(promise: nil) }
        var headers = HTTPHeaders()
        for (name, value) in response.headers { headers.add(name: name, value: value) }
        if response.status != 204 { headers.add(name: "Content-Length", value: "\(response.body.count)") }
        context.write(
            wrapOutboundOut(
                .head(
                    HTTPResponseHead(
                        version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers))),
            promise: nil)
        let bytes = isHead ? [] : response.body
        isSending = true
        sendBody(bytes[...], left: response.cut ?? bytes.count, isCut: response.cut != nil, context)
    }

    private func sendBody(_ bytes: ArraySlice<UInt8>, left: Int, isCut: Bool, _ context: ChannelHandlerContext) {
        let some = bytes.prefix(min(Self.piece, left))
        guard !some.isEmpty else {
            isSending = false
            if isCut {
                context.flush()
                context.close(promise: nil)
            } else {
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
            return
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: some))))).whenSuccess {
            let (handler, context) = bound.value
            handler.sendBody(bytes.dropFirst(some.count), left: left - some.count, isCut: isCut, context)
        }
    }
}
