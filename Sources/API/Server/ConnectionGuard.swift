import NIOCore
import NIOHTTP1

/// Keeps one connection within its bounds: how long a request may take to arrive, how slowly a body that is read as it comes,
/// how long an answer may wait for its reader, that an answer which says `Connection: close` is the last one, and that work
/// for a client that left is given up.
///
/// Stands next to HTTP's decoder, where requests are still as they came: what is wrong with `Host` is seen only there, and
/// told by a field of our own, so that the answer keeps its turn among pipelined ones.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The time limits.
    struct Rules: Sendable {
        /// From a request's head to the end of its body; of a body that is read as it comes, the span in which its pace
        /// is measured.
        var arrival: Duration
        /// Bytes a second that such a body has at least, while its reader waits for it.
        var pace = 500
        /// How long a response waits for a client that reads nothing of it.
        var reading: Duration
        /// From the client's end of the connection to the end of its requests: a client that only closed its own half
        /// still gets responses that are ready soon.
        var leaving: Duration = .seconds(2)
        /// How long to wait, after the last response, for what the client is still sending.
        var lingering: Duration = .seconds(2)
    }

    /// A client that has sent this many bytes of a body is not holding its connection without use.
    private static let progress = 16 * 1024

    private let rules: Rules
    private let open: OpenRequests
    private let waiting: WaitingConnections
    /// Bytes of the body since the client's last recorded progress.
    private var arrived = 0
    /// Number of requests that were passed on and have no complete response.
    private var unanswered = 0
    private var isArriving = false
    /// Whether the response that is being written is the last one.
    private var isLast = false
    /// Whether the last response was written.
    private var isOver = false
    /// The client sends nothing more.
    private var isInputClosed = false
    private var arrival: Scheduled<Void>?
    private var reading: Scheduled<Void>?
    private var ending: Scheduled<Void>?
    private var pace = BodyPace()
    /// The body that is arriving is read as it comes: its request is being answered already.
    private var isStreamed = false
    /// It goes on for as long as its response, at any pace.
    private var isLasting = false
    /// The request that is arriving waits to be told that its body is wanted.
    private var expectsContinue = false

    init(_ rules: Rules, open: OpenRequests, waiting: WaitingConnections) {
        self.rules = rules
        self.open = open
        self.waiting = waiting
    }

    func handlerAdded(context: ChannelHandlerContext) {
        waiting.open(context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        waiting.close(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            unanswered += 1
            isArriving = true
            HostField.mark(&head)
            expectsContinue = head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
            arrival = schedule(context, rules.arrival) { context in
                // The request's own task answers 408; nothing more is read.
                context.fireErrorCaught(RequestTooSlow.late(self.rules.arrival))
            }
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let bytes):
            pace.arrived += bytes.readableBytes
            expectsContinue = false
            arrived += bytes.readableBytes
            if arrived >= Self.progress, !isStreamed {
                arrived = 0
                waiting.wait(context.channel)
            }
            context.fireChannelRead(data)
        case .end:
            isArriving = false
            isStreamed = false
            isLasting = false
            arrived = 0
            waiting.work(context.channel)
            arrival?.cancel()
            arrival = nil
            context.fireChannelRead(data)
            if isOver { context.close(promise: nil) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        pace.rest(at: context.eventLoop.now)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        pace.goOn(at: context.eventLoop.now)
        context.read()
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if let part = event as? FilePart {
            context.writeAndFlush(wrapOutboundOut(.body(.fileRegion(part.region))), promise: promise)
            return
        }
        guard let event = event as? StreamedBody else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        // Of pipelined requests, only the first one that is not answered can be meant.
        if isArriving, unanswered == 1 {
            switch event {
            case .begins:
                isStreamed = true
                waiting.work(context.channel)
                watchPace(context)
            case .lasts:
                isLasting = true
                arrival?.cancel()
                arrival = nil
            case .wanted where expectsContinue:
                expectsContinue = false
                pace.begin(at: context.eventLoop.now)
                context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
            case .wanted: break
            }
        }
        promise?.succeed()
    }

    /// In place of a bound on the whole: a body of any size may come, but it has to go on coming.
    private func watchPace(_ context: ChannelHandlerContext) {
        arrival?.cancel()
        pace.begin(at: context.eventLoop.now)
        arrival = schedule(context, rules.arrival) { context in
            // Who waits to be asked, or is not read from, is not slow.
            if !self.expectsContinue, self.pace.isTooSlow(at: context.eventLoop.now, least: self.rules.pace) {
                context.fireErrorCaught(RequestTooSlow.dripping(pace: self.rules.pace))
                return
            }
            if self.expectsContinue || self.pace.isPaused { self.seemBusy(context) }
            self.watchPace(context)
        }
    }

    /// The handler that closes idle connections knows only what arrives: an empty part tells it that this one is in use.
    private func seemBusy(_ context: ChannelHandlerContext) {
        context.fireChannelRead(wrapInboundOut(.body(ByteBuffer())))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.status.code >= 200 {
                isLast = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
            }
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            unanswered -= 1
            if unanswered == (isArriving ? 1 : 0) { waiting.wait(context.channel) }
            guard isLast else {
                context.write(data, promise: promise)
                return
            }
            isOver = true
            context.writeAndFlush(data, promise: promise)
            // Closing while the client still sends could cost it the answer: what comes is read and dropped for a moment.
            if isArriving, !isInputClosed, !isLasting {
                ending = schedule(context, rules.lingering) { context in context.close(promise: nil) }
            } else {
                context.close(promise: nil)
            }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        reading?.cancel()
        reading = nil
        if !context.channel.isWritable {
            reading = schedule(context, rules.reading) { context in context.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            if isOver {
                context.close(promise: nil)
            } else if unanswered > 0, ending == nil {
                ending = schedule(context, rules.leaving) { context in context.close(promise: nil) }
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        for timer in [arrival, reading, ending] { timer?.cancel() }
        (arrival, reading, ending) = (nil, nil, nil)
        open.leave(context.channel)
        context.fireChannelInactive()
    }

    private func schedule(
        _ context: ChannelHandlerContext, _ span: Duration, _ body: @escaping (ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        let bound = NIOLoopBound((context, body), eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: TimeAmount(span)) {
            let (context, body) = bound.value
            body(context)
        }
    }
}

/// What the reader of a body tells the guard of its connection.
enum StreamedBody {
    /// The body of the request that arrives is read as it comes.
    case begins
    /// Its reader waits for the first piece.
    case wanted
    /// It goes on for as long as its response.
    case lasts
}

/// Puts a guard behind the decoder of HTTP, once the pipeline of a connection stands.
final class GuardInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let make: () -> ConnectionGuard

    init(_ make: @escaping () -> ConnectionGuard) {
        self.make = make
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(make(), position: .after(decoder))
        } catch {
            // A connection without its bounds is none.
            context.close(promise: nil)
        }
    }
}
