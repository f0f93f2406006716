public import API
public import Clients
import FoundationEssentials
import HTTPTypes
import Link
import Model

/// The API for agents, below `/agent`.
///
/// Every listener may have this service. A client without an agent's certificate can use only enrolment and the
/// authority's certificate; everything else needs a listener with mutual TLS.
public struct AgentEndpoints: Sendable {
    let hub: Hub
    let reception: AgentReception
    private let enrolment: Enrolment?
    private let relay: PlacementRelay

    static let host = PathParameter<HostName>("host", "The host, as its certificate names it")
    private static let party = PathParameter<Party>("party", "The part of the host's agent")
    private static let item = PathParameter<WorkItemID>("item", "The work item")
    static let after = QueryParameter<Int>("after", "The revision that the agent has applied")

    /// - Parameters:
    ///   - enrolment: nil if no certificates are issued
    ///   - placement: the Placement to which agents' calls are relayed; nil if there is none
    public static func service(
        hub: Hub, reception: AgentReception, enrolment: Enrolment?, authenticator: any Authenticator,
        placement: (any PlacementClient)? = nil
    ) -> API.Service {
        let relay = PlacementRelay(placement) { host throws(Fault) in try await reception.isEnrolled(host) }
        let endpoints = AgentEndpoints(hub: hub, reception: reception, enrolment: enrolment, relay: relay)
        return API.Service(
            name: "agent", title: "Agents", prefix: "/agent", family: AgentFamily(), endpoints: endpoints.all,
            authenticator: authenticator, authorizer: AgentAuthorizer())
    }

    var all: [Endpoint] {
        [abilities, watch, converse, report, change, partyReport, finish, data, heartbeat, holdings] + relay.all
            + (enrolment.map { [authority($0), enrol($0), renew($0)] } ?? [])
    }

    private var watch: Endpoint {
        Endpoint(
            .get, "/v1/hosts/\(Self.host)/watch", "Watch the desired state of a host",
            query: QueryRules([Self.after.description]), access: .authenticated,
            answers: .init(status: 200, note: "An endless stream of JSON lines, each with the complete desired state"),
            faults: [.forbidden]
        ) { call in
            let host = try call[Self.host]
            let identity = try call.agent(for: host)
            let applied = Int64(try call[Self.after] ?? 0)
            let lines = try await hub.desiredStates(of: host, certificate: identity.certificate, after: applied)
            return Reply(
                status: 200, headers: Self.lineHeaders,
                body: .pulled {
                    var iterator = lines.makeAsyncIterator()
                    guard let line = await iterator.next(isolation: #isolation) else { return nil }
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = .sortedKeys
                    return [UInt8](try encoder.encode(line)) + [UInt8(ascii: "\n")]
                })
        }
    }

    private var report: Endpoint {
        Endpoint(
            .put, "/v1/hosts/\(Self.host)/report", "Report the devices of a host",
            body: HostReport.self, schema: .bounded(HostReport.self), access: .authenticated, answers: .empty(),
            faults: [.forbidden, .conflict]
        ) { call, report in
            let host = try call[Self.host]
            _ = try call.agent(for: host)
            try await reception.report(report, from: host)
            return .empty()
        }
    }

    private var change: Endpoint {
        Endpoint(
            .patch, "/v1/hosts/\(Self.host)/report", "Report the differences from the host's last report",
            body: HostReportChange.self, schema: .bounded(HostReportChange.self), access: .authenticated,
            answers: .empty(), faults: [.forbidden, .conflict]
        ) { call, change in
            let host = try call[Self.host]
            _ = try call.agent(for: host)
            try await reception.change(change, from: host)
            return .empty()
        }
    }

    private var partyReport: Endpoint {
        Endpoint(
            .put, "/v1/hosts/\(Self.host)/parties/\(Self.party)/report", "Report what a party of a host's agent has",
            body: PartyReport.self, schema: .bounded(PartyReport.self), access: .authenticated, answers: .empty(),
            faults: [.forbidden, .notFound, .conflict]
        ) { call, report in
            let host = try call[Self.host]
            _ = try call.agent(for: host)
            try await reception.report(report, of: try call[Self.party], from: host)
            return .empty()
        }
    }

    private var finish: Endpoint {
        Endpoint(
            .put, "/v1/hosts/\(Self.host)/work/\(Self.item)", "Report the outcome of a work item",
            body: WorkOutcome.self, schema: .bounded(WorkOutcome.self), access: .authenticated, answers: .empty(),
            faults: [.forbidden, .notFound]
        ) { call, outcome in
            let host = try call[Self.host]
            _ = try call.agent(for: host)
            try await reception.finish(try call[Self.item], outcome, from: host)
            return .empty()
        }
    }

    private var data: Endpoint {
        Endpoint(
            .get, "/v1/hosts/\(Self.host)/work/\(Self.item)/data", "Download the data that a work item needs",
            access: .authenticated, answers: .data(.octetStream), faults: [.forbidden, .notFound]
        ) { call in
            let host = try call[Self.host]
            _ = try call.agent(for: host)
            let data = try await reception.data(of: try call[Self.item], for: host)
            return Reply(
                status: 200, headers: [.contentType: MediaType.octetStream.description],
                body: .stream { write in
                    try await data.write { piece throws(Fault) in
                        do {
                            try await write(piece)
                        } catch {
                            throw .unavailable("The agent does not take the data any more.", context: "\(error)")
                        }
                    }
                })
        }
    }

    private var heartbeat: Endpoint {
        Endpoint(
            .put, "/v1/hosts/\(Self.host)/heartbeat", "Send a heartbeat",
            body: Heartbeat.self, schema: .bounded(Heartbeat.self), access: .authenticated, answers: .empty(),
            faults: [.forbidden]
        ) { call, heartbeat in
            let host = try call[Self.host]
            _ = try call.agent(for: host)
            try await reception.heartbeat(heartbeat, from: host)
            return .empty()
        }
    }

    private var holdings: Endpoint {
        Endpoint(
            .get, "/v1/hosts/\(Self.host)/holdings", "List who holds handles of a host", access: .authenticated,
            answers: .json(HandleHoldings.self), faults: [.forbidden]
        ) { call in
            let host = try call[Self.host]
            _ = try call.agent(for: host)
            return try .json(try await reception.holdings(of: host))
        }
    }

    private func authority(_ enrolment: Enrolment) -> Endpoint {
        Endpoint(
            .get, "/v1/authority", "Show the authority that signs agents' certificates", access: .open,
            answers: .json(AuthorityDocument.self)
        ) { _ in
            try .json(enrolment.authorityDocument)
        }
    }

    private func enrol(_ enrolment: Enrolment) -> Endpoint {
        Endpoint(
            .post, "/v1/enrolments", "Enrol a host by its one-time token",
            body: EnrolmentRequest.self, access: .open, answers: .json(IssuedCertificate.self, status: 201),
            faults: [.forbidden]
        ) { _, request in
            try .json(try await enrolment.enrol(request), status: 201)
        }
    }

    private func renew(_ enrolment: Enrolment) -> Endpoint {
        Endpoint(
            .post, "/v1/hosts/\(Self.host)/certificates", "Renew a host's certificate",
            body: RenewalRequest.self, access: .authenticated, answers: .json(IssuedCertificate.self, status: 201),
            faults: [.forbidden]
        ) { call, request in
            let identity = try call.agent(for: try call[Self.host])
            return try .json(try await enrolment.renew(request, of: identity.host), status: 201)
        }
    }
}
