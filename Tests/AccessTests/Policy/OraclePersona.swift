import Model

@testable import Access

/// Who asks, and about what: the columns of the oracle's answers.
enum OraclePersona {
    static let all: [(caller: Caller, target: [String: String])] = [
        (
            user("u1", "ann", .project("p1", domain: "d1"), ["admin", "member", "reader"]),
            ["project_id": "p1", "user_id": "u1"]
        ),
        (
            user("u2", "bob", .project("p1", domain: "d2"), ["member", "reader"]),
            ["project_id": "p1", "user_id": "u2", "target.user.id": "u2", "target.user.domain_id": "d1"]
        ),
        (
            user("u2", "bob", .project("p1", domain: "d2"), ["member", "reader"]),
            ["project_id": "p2", "user_id": "u3", "target.user.id": "u3", "target.user.domain_id": "d9"]
        ),
        (
            user("u4", "dan", .domain("d1"), ["manager", "member", "reader"]),
            [
                "target.user.domain_id": "d1", "target.role.name": "member", "target.role.domain_id": "None",
                "target.project.domain_id": "d1",
            ]
        ),
        (
            user("u4", "dan", .domain("d1"), ["manager"]),
            [
                "target.user.domain_id": "d2", "target.role.name": "admin", "target.role.domain_id": "d2",
                "target.project.domain_id": "d2",
            ]
        ),
        (user("u5", "eve", .system, ["reader"]), [:]),
        (
            service(user("u6", "fay", .project("p2", domain: "d1"), ["service"])),
            ["project_id": "p1", "user_id": "u1"]
        ),
        (user("u7", "gus", .unscoped, []), ["project_id": "None", "user_id": "u7"]),
    ]

    private static func user(_ id: UserID, _ name: String, _ scope: Caller.Scope, _ roles: Set<String>) -> Caller {
        Caller(user: id, userName: name, userDomain: "d1", scope: scope, roles: roles)
    }

    private static func service(_ caller: Caller) -> Caller {
        var caller = caller
        caller.service = .init(user: "svc", roles: ["service"])
        return caller
    }

    static func answers(_ check: PolicyCheck) -> String {
        all.map { check.admits(PolicySubject(caller: $0.caller), to: $0.target) ? "1" : "0" }.joined()
    }
}
