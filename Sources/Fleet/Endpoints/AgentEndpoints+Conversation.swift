import API
import HTTPTypes
import Link
import Logging
import Model

extension AgentEndpoints {
    /// What agents ask before they open a stream.
    var abilities: Endpoint {
        Endpoint(
            .get, "/v1/abilities", "List what this control plane offers beside what every release does", access: .open,
            answers: .json(LinkAbilities.self)
        ) { _ in
            try .json(LinkAbilities(abilities: [LinkAbilities.conversation]))
        }
    }

    var converse: Endpoint {
        Endpoint(
            .post, "/v1/hosts/\(Self.host)/watch", "Watch the desired state of a host and send its heartbeats",
            query: QueryRules([Self.after.description]),
            body: .lines(of: Heartbeat.self, schema: .bounded(Heartbeat.self)), access: .authenticated,
            answers: .init(
                status: 200, note: "An endless stream of JSON lines: desired states, and a note for each heartbeat"),
            faults: [.forbidden]
        ) { call, beats in
            let host = try call[Self.host]
            let identity = try call.agent(for: host)
            let applied = Int64(try call[Self.after] ?? 0)
            let conversation = Conversation(time: reception.time)
            let number = try await hub.open(
                host, certificate: identity.certificate, after: applied, conversation.sink)
            guard let number else { throw Fault.unavailable("The control plane is stopping; use another address.") }
            // Not the call itself: what is captured stays as long as the stream.
            let logger = call.logger
            conversation.read(beats) { [reception] beat in
                await Self.note(of: beat, from: identity, reception, logger)
            } left: { [hub] in
                hub.leave(host, number)
            }
            return Reply(status: 200, headers: Self.lineHeaders, body: .pulled { try await conversation.next() })
        }
    }

    /// Records a heartbeat, if the certificate is still valid, and says what became of it.
    private static func note(
        of beat: Result<Heartbeat, Fault>, from identity: AgentIdentity, _ reception: AgentReception, _ logger: Logger
    ) async -> StreamNote {
        do {
            try await reception.heartbeat(try beat.get(), of: identity)
            return .heard
        } catch {
            let fault =
                (error as? Fault) ?? (error as? any FaultConvertible)?.fault
                ?? .unavailable("Heartbeats cannot be taken at the moment; try again.", context: "\(error)")
            if fault.kind.status >= 500 {
                logger.error(
                    "a heartbeat could not be taken",
                    metadata: ["host": "\(identity.host)", "fault": "\(fault.debugDescription)"])
            }
            return .refused(status: fault.kind.status, title: fault.kind.title, detail: fault.message)
        }
    }

    static var lineHeaders: HTTPFields {
        var headers: HTTPFields = [:]
        headers[.contentType] = MediaType.jsonLines.description
        headers[.cacheControl] = "no-store"
        return headers
    }
}
