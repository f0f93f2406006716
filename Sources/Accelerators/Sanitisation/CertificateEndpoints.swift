import API
import Conventions
import HTTPTypes
import Model
import Sanitisation
import Store

/// `/v2/sanitisation_certificates` and what goes with it, from 2.4: who may see that a device was cleaned, and how to check it.
struct CertificateEndpoints: Sendable {
    let store: any StateStore
    let keyring: CertificateKeyring?
    let time: TimeSource

    private static let uuid = PathParameter<CertificateID>("uuid", "The certificate's id")
    private static let request = PathParameter<AcceleratorRequestID>("uuid", "The accelerator request's id")
    private static let hostname = QueryParameter<String>("hostname", "Only certificates of this host")
    private static let device = QueryParameter<DeviceID>("device_uuid", "Only certificates of this device")
    private static let handle = QueryParameter<AttachHandleID>(
        "attach_handle_uuid", "Only certificates of this attach handle")

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/sanitisation_certificates", "List sanitisation certificates", since: Page.version,
                query: QueryRules(
                    [Self.hostname.description, Self.device.description, Self.handle.description] + Page.parameters),
                access: .rule("cyborg:certificate:get_all"), answers: .json(CertificateListView.self)
            ) { call in try await list(call) },
            Endpoint(
                .get, "/v2/sanitisation_certificates/\(Self.uuid)", "Show a sanitisation certificate",
                since: Page.version, access: .rule("cyborg:certificate:get_one"),
                answers: .json(CertificateView.self), faults: [.notFound]
            ) { call in try await show(call) },
            Endpoint(
                .get, "/v2/sanitisation_keys", "Show the keys that sanitisation certificates are signed with",
                since: Page.version, access: .rule("cyborg:certificate:get_keys"),
                answers: .json(CertificateKeyListView.self)
            ) { _ in try .json(CertificateKeyListView(keyring?.published ?? [])) },
            Endpoint(
                .get, "/v2/accelerator_requests/\(Self.request)/certificate",
                "Show how the device that an accelerator request holds was cleaned before", since: Page.version,
                access: .rule("cyborg:arq:get_one"), answers: .json(CertificateView.self), faults: [.notFound]
            ) { call in try await held(call) },
            chains,
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        var conditions: SQL = "1 = 1"
        if let hostname = try call.filter(Self.hostname) { conditions += " AND c.host = \(hostname)" }
        if let device = try call[Self.device] { conditions += " AND c.device = \(device)" }
        if let handle = try call[Self.handle] { conditions += " AND c.handle = \(handle)" }
        let page = try Page(call)
        let found = try await store.read { [conditions] transaction in
            let after = try page.after(
                "c.issued_at, c.host, c.number",
                at: { "SELECT issued_at, host, number FROM sanitisation_certificates WHERE uuid = \($0)" },
                in: transaction)
            return try transaction.all(
                """
                SELECT \(CertificateView.columns) FROM sanitisation_certificates c WHERE \(conditions) AND \(after)
                ORDER BY c.issued_at, c.host, c.number\(page.limit)
                """
            ) { row in try CertificateView(row) }
        }
        let (shown, links) = page.cut(found, "sanitisation_certificates", call) { $0.uuid }
        return try .json(CertificateListView(certificates: shown, pages: links))
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call[Self.uuid]
        let found = try await store.read { transaction in
            try transaction.first(
                "SELECT \(CertificateView.columns) FROM sanitisation_certificates c WHERE c.uuid = \(id)"
            ) { row in try CertificateView(row) }
        }
        guard let found else { throw Fault.notFound("There is no sanitisation certificate \(id).") }
        return try .json(found)
    }

    /// The last of the handle: while a request holds it, nobody cleans it.
    private func held(_ call: Call) async throws -> Reply {
        let id = try call[Self.request]
        let scope = RequestScope(call.caller).condition
        let (isThere, found) = try await store.read { transaction in
            let found = try transaction.first(
                """
                SELECT \(CertificateView.columns) FROM sanitisation_certificates c
                    JOIN accelerator_requests r ON r.handle = c.handle
                WHERE r.uuid = \(id) AND \(scope) ORDER BY c.number DESC LIMIT 1
                """
            ) { row in try CertificateView(row) }
            let isThere =
                try found != nil
                || transaction.exists("SELECT 1 FROM accelerator_requests r WHERE r.uuid = \(id) AND \(scope)")
            return (isThere, found)
        }
        guard isThere else { throw Fault.notFound("There is no accelerator request \(id).") }
        guard let found else {
            throw Fault.notFound(
                "No cleaning is on record of what the accelerator request \(id) holds: it holds nothing, nobody had the device "
                    + "before, or the device keeps nothing.")
        }
        return try .json(found)
    }
}
