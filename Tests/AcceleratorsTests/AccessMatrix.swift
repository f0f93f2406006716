import API
import HTTPTypes
import Model

/// What the contract says of every endpoint: who may call it, on whose objects, and whether a service must stand by.
enum AccessMatrix {
    /// Who a policy rule admits.
    enum Gate: String, Sendable {
        /// Any role of a project.
        case reader
        case member
        case manager
        case admin
    }

    /// Whose the object of a call is.
    enum Ownership: Sendable {
        /// Nobody's: the cloud's.
        case cloud
        /// A project's: hidden from others.
        case project
        /// A project's limits, by `project_id`: refused to others.
        case limits
    }

    enum Outcome: String, Sendable {
        case done = "yes"
        case unknown = "401"
        case refused = "403"
        /// 403 "requires a service token".
        case alone = "svc"
        case missing = "404"
    }

    struct Row: Sendable {
        let gate: Gate
        var ownership = Ownership.cloud
        var throughService = false
    }

    static let rows: [String: Row] = [
        "GET /v2/devices": Row(gate: .manager), "GET /v2/devices/{uuid}": Row(gate: .manager),
        "POST /v2/devices/{uuid}/enable": Row(gate: .admin), "POST /v2/devices/{uuid}/disable": Row(gate: .admin),
        "GET /v2/deployables": Row(gate: .manager), "GET /v2/deployables/{uuid}": Row(gate: .manager),
        "PATCH /v2/deployables/{uuid}/program": Row(gate: .admin),
        "GET /v2/deployables/{uuid}/programmings": Row(gate: .manager),
        "POST /v2/deployables/{uuid}/enable": Row(gate: .admin),
        "POST /v2/deployables/{uuid}/disable": Row(gate: .admin),
        "GET /v2/attach_handles": Row(gate: .manager), "GET /v2/attach_handles/{uuid}": Row(gate: .manager),
        "POST /v2/attach_handles/{uuid}/retry": Row(gate: .admin),
        "POST /v2/attach_handles/{uuid}/release": Row(gate: .admin),
        "GET /v2/hosts": Row(gate: .manager), "GET /v2/hosts/{host}": Row(gate: .manager),
        "DELETE /v2/hosts/{host}": Row(gate: .admin),
        "POST /v2/hosts/{host}/enable": Row(gate: .admin), "POST /v2/hosts/{host}/disable": Row(gate: .admin),
        "GET /v2/drivers": Row(gate: .manager), "GET /v2/events": Row(gate: .admin),
        "GET /v2/sanitisation_certificates": Row(gate: .admin),
        "GET /v2/sanitisation_certificates/{uuid}": Row(gate: .admin),
        "GET /v2/sanitisation_chains": Row(gate: .admin),
        "GET /v2/sanitisation_keys": Row(gate: .reader),
        "GET /v2/accelerator_requests/{uuid}/certificate": Row(gate: .reader, ownership: .project),
        "GET /v2/limits": Row(gate: .reader, ownership: .limits),
        "GET /v2/attributes": Row(gate: .manager), "GET /v2/attributes/{uuid}": Row(gate: .manager),
        "POST /v2/attributes": Row(gate: .admin), "DELETE /v2/attributes/{uuid}": Row(gate: .admin),
        "GET /v2/device_profiles": Row(gate: .reader), "GET /v2/device_profiles/{uuid_or_name}": Row(gate: .reader),
        "POST /v2/device_profiles": Row(gate: .admin), "DELETE /v2/device_profiles": Row(gate: .admin),
        "DELETE /v2/device_profiles/{uuid_or_name}": Row(gate: .admin),
        "GET /v2/accelerator_requests": Row(gate: .reader, ownership: .project),
        "GET /v2/accelerator_requests/{uuid}": Row(gate: .reader, ownership: .project),
        "POST /v2/accelerator_requests": Row(gate: .member),
        "PATCH /v2/accelerator_requests": Row(gate: .member, ownership: .project, throughService: true),
        "PATCH /v2/accelerator_requests/{uuid}": Row(gate: .member, ownership: .project, throughService: true),
        "DELETE /v2/accelerator_requests": Row(gate: .member, ownership: .project),
        "DELETE /v2/accelerator_requests/{uuid}": Row(gate: .member, ownership: .project),
        "PUT /v2/accelerator_requests/{uuid}/binding": Row(
            gate: .member, ownership: .project, throughService: true),
        "DELETE /v2/accelerator_requests/{uuid}/binding": Row(
            gate: .member, ownership: .project, throughService: true),
    ]

    /// Endpoints that no test calls as every persona. Empty, and to stay so.
    static let untested: [String] = []

    /// By role alone, and through the compute service.
    static let personas: [Persona] = [
        .nobody, .noRole, .reader, .member, .manager, .admin, .service, .systemAdmin, .memberThroughService,
        .adminThroughService, .serviceThroughService,
    ]

    static func expected(_ row: Row, _ persona: Persona, isOwn: Bool, legacy: Bool) -> Outcome {
        guard let token = persona.token, let caller = Persona.caller(token) else { return .unknown }
        guard admits(row.gate, caller, legacy: legacy) else { return .refused }
        if row.throughService, persona.serviceToken == nil { return .alone }
        let seesAll = caller.has(role: "admin") || (caller.has(role: "service") && persona.serviceToken != nil)
        return switch row.ownership {
        case .cloud: .done
        case .project: isOwn || seesAll ? .done : .missing
        case .limits: isOwn || caller.has(role: "admin") ? .done : .refused
        }
    }

    private static func admits(_ gate: Gate, _ caller: Caller, legacy: Bool) -> Bool {
        // Tokens of the system open nothing here, as upstream's.
        guard caller.project != nil else { return false }
        if caller.has(role: "admin") { return true }
        // Any token of a project for what is the project's; what is the cloud's is no more open than by the new defaults.
        if legacy, gate == .reader || gate == .member { return true }
        return switch gate {
        case .reader: caller.has(role: "reader")
        case .member: caller.has(role: "member") || caller.has(role: "service")
        case .manager: caller.has(role: "manager")
        case .admin: false
        }
    }
}
