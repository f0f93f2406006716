import HTTPTypes
import HummingbirdCore
import NIOCore

extension Front {
    /// - Parameter channel: of the writer
    @concurrent
    func write(_ answer: APIResponse, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        var head = HTTPResponse(status: .init(code: answer.status), headerFields: answer.headers)
        // Of these the rest may still be on its way.
        if answer.status == 413 || answer.status == 408 { head.headerFields[.connection] = "close" }
        switch answer.body {
        case .none:
            // Data that was asked for by HEAD has its length already.
            if answer.status != 204, head.headerFields[.contentLength] == nil {
                head.headerFields[.contentLength] = "0"
            }
            try await writer.writeResponse(head)
        case .bytes(let bytes):
            head.headerFields[.contentLength] = "\(bytes.count)"
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .buffer(let buffer):
            head.headerFields[.contentLength] = "\(buffer.readableBytes)"
            try await writer.write(response: head, body: ResponseBody(byteBuffer: buffer))
        case .pieces(let next):
            try await writer.write(response: head, body: Self.responseBody(of: next, on: channel))
        case .regions(let next, pieces: let pieces):
            // What is encrypted must be read.
            let isPlain = configuration.tls == nil
            let body =
                isPlain
                ? Self.responseBody(of: next, on: channel)
                : Self.responseBody(of: pieces, on: channel)
            try await writer.write(response: head, body: body)
        case .pulled(let next):
            let body = ResponseBody { body in
                while let chunk = try await next() { try await body.write(ByteBuffer(bytes: chunk)) }
                try await body.finish(nil)
            }
            try await writer.write(response: head, body: body)
        case .stream(let produce):
            let body = ResponseBody { body in
                let pipe = ChunkPipe()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        do {
                            try await produce { chunk in try await pipe.send(chunk) }
                            await pipe.finish()
                        } catch {
                            await pipe.finish(error)
                        }
                    }
                    do {
                        while let chunk = try await pipe.next() { try await body.write(ByteBuffer(bytes: chunk)) }
                    } catch {
                        // The client has gone, or the producer broke: the other side must not wait for ever.
                        group.cancelAll()
                        await pipe.finish(error)
                        throw error
                    }
                }
                try await body.finish(nil)
            }
            try await writer.write(response: head, body: body)
        }
    }

    /// The loop learns only with a write that the client takes no more. Pieces that are made before it does would all wait in
    /// memory.
    private static func responseBody(
        of next: @escaping @Sendable () async throws -> ByteBuffer?, on channel: any Channel
    ) -> ResponseBody {
        ResponseBody { body in
            while let piece = try await next() {
                try await body.write(piece)
                try await channel.eventLoop.submit {}.get()
            }
            try await body.finish(nil)
        }
    }

    /// The next region is asked for when the last one has left. The connection's event loop does things in order: the head
    /// is written before.
    private static func responseBody(
        of next: @escaping @Sendable () async throws -> FileRegion?, on channel: any Channel
    ) -> ResponseBody {
        ResponseBody { body in
            while let region = try await next() {
                try await channel.triggerUserOutboundEvent(FilePart(region: region)).get()
            }
            try await body.finish(nil)
        }
    }
}
