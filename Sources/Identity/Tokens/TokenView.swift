import API
import Access
import Model

/// A token as the API shows it.
struct TokenView: Sendable {
    let facts: TokenFacts
    /// Nil if the client did not request it, or the token has no scope.
    let catalog: CatalogView?

    var bytes: [UInt8] {
        var json = JSONWriter(capacity: 2048)
        json.object { json in
            json.member("token") { json in json.object(members) }
        }
        return json.bytes
    }

    private func members(_ json: inout JSONWriter) {
        let payload = facts.payload
        json.member("methods") { json in json.array(payload.methods.names) { json, name in json.value(name) } }
        json.member("user") { json in
            json.object { json in
                json.member("id", payload.user.text)
                json.member("name", facts.userName)
                json.member("domain") { json in json.domain(facts.userDomain) }
                json.member("password_expires_at", facts.passwordExpires?.isoMicroseconds)
            }
        }
        json.member("audit_ids") { json in
            // As clients know it: its own, and the first one's of those it was got with.
            let ids = payload.auditIDs
            json.array(ids.count > 2 ? [ids[0], ids[ids.count - 1]] : ids) { json, id in json.value(id.description) }
        }
        json.member("expires_at", payload.expires.isoZulu)
        json.member("issued_at", payload.issued.isoZulu)
        scope(&json)
        if let credential = facts.credential { self.credential(credential, &json) }
        if let catalog {
            json.name("catalog")
            catalog.write(to: &json)
        }
    }

    private func scope(_ json: inout JSONWriter) {
        switch facts.scope {
        case .unscoped: return
        case .project(let id, let name, let domain):
            json.member("project") { json in
                json.object { json in
                    json.member("id", id.text)
                    json.member("name", name)
                    json.member("domain") { json in json.domain(domain) }
                }
            }
            json.member("is_domain", false)
        case .domain(let domain): json.member("domain") { json in json.domain(domain) }
        case .system: json.member("system") { json in json.object { json in json.member("all", true) } }
        }
        json.member("roles") { json in
            json.array(facts.roles) { json, role in json.reference(id: role.id.text, name: role.name) }
        }
    }

    private func credential(_ credential: CredentialFacts, _ json: inout JSONWriter) {
        json.member("application_credential") { json in
            json.object { json in
                json.member("id", credential.id.text)
                json.member("name", credential.name)
                json.member("restricted", !credential.isUnrestricted)
                guard !credential.rules.isEmpty else { return }
                json.member("access_rules") { json in
                    json.array(credential.rules) { json, rule in json.object { json in rule.write(to: &json) } }
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func domain(_ domain: NamedDomain) { reference(id: domain.id.text, name: domain.name) }
}
