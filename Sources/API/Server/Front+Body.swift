import HTTPTypes
import HummingbirdCore
import Model
import NIOCore

extension Front {
    func answer(to request: Request, _ head: APIRequest, _ complaint: String?) async -> APIResponse {
        var whole = head
        if let complaint { return await dispatcher.refuse(whole, .badRequest(complaint, field: "Host")) }
        do throws(Fault) {
            if whole.arriving == nil { whole.body = try await body(of: request) }
        } catch {
            // Answered in the family's own envelope, by the dispatcher, without running the endpoint.
            return await dispatcher.refuse(whole, error)
        }
        return await dispatcher.respond(to: whole)
    }

    /// The body as its handler reads it. Whoever drips is held to a pace instead of a span.
    func arriving(_ request: Request, _ channel: any Channel) -> ArrivingBody {
        let said = request.headers[.contentLength]
        guard said != nil || request.headers[.transferEncoding] != nil else { return ArrivingBody([]) }
        channel.triggerUserOutboundEvent(StreamedBody.begins, promise: nil)
        var invite: (@Sendable () async throws -> Void)?
        if request.headers[.expect] != nil {
            invite = { try await channel.triggerUserOutboundEvent(StreamedBody.wanted).get() }
        }
        return ArrivingBody(
            request.body, length: said.flatMap { Int($0) }, mostCollected: configuration.maximumBody, invite: invite,
            lasting: { channel.triggerUserOutboundEvent(StreamedBody.lasts, promise: nil) })
    }

    /// Throws 413 if the body is too large, 408 if it takes too long to arrive, 400 if it ends early.
    private func body(of request: Request) async throws(Fault) -> [UInt8] {
        let most = configuration.maximumBody
        let said = request.headers[.contentLength]
        guard said != nil || request.headers[.transferEncoding] != nil else { return [] }
        if let said, let count = Int(said), count > most { throw BodyStream.tooLarge(most) }
        do {
            return Array(buffer: try await request.body.collect(upTo: most))
        } catch let slow as RequestTooSlow {
            throw slow.fault
        } catch is NIOTooManyBytesError {
            throw BodyStream.tooLarge(most)
        } catch {
            throw .badRequest("The body broke off before its end.")
        }
    }
}
