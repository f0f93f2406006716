import API
import Accelerators
import Identity
import KeyManager
import Model
import Placement
import Testing

@testable import Access

@Suite("Default policies")
struct DefaultPolicyTests {
    private func caller(_ scope: Caller.Scope, _ roles: String...) -> Caller {
        Caller(user: "u", userDomain: "d", scope: scope, roles: Set(roles))
    }

    private let project = Caller.Scope.project("p", domain: "d")

    @Test("all registries compile, and every guarding rule says what it guards")
    func registries() throws {
        for rules in [PlacementPolicy.rules, AcceleratorPolicy.rules, IdentityPolicy.rules, KeyManagerPolicy.rules] {
            _ = try PolicyEngine(rules: rules)
            _ = try PolicyEngine(rules: rules, heedsLegacyDefaults: true)
            for rule in rules where rule.name.contains(":") {
                #expect(!rule.operations.isEmpty && !rule.description.isEmpty, "\(rule.name)")
                #expect(rule.operations.allSatisfy { $0.path.hasPrefix("/") && !$0.method.isEmpty }, "\(rule.name)")
            }
        }
        #expect(IdentityPolicy.rules.count == 204)
    }

    @Test("Placement: admin and service do all but the reshaper, which is for services; readers see their usage")
    func placement() throws {
        let engine = try PolicyEngine(rules: PlacementPolicy.rules)
        for rule in PlacementPolicy.rules where rule.name.hasPrefix("placement:") {
            let isReshaper = rule.name == "placement:reshaper:reshape"
            let isUsage = rule.name == "placement:usages"
            func says(_ caller: Caller) -> Bool {
                engine.decide(caller, rule: rule.name, target: .own(caller)) == .admitted
            }
            #expect(says(caller(project, "service")), "\(rule.name)")
            #expect(says(caller(project, "admin", "manager", "member", "reader")) == !isReshaper, "\(rule.name)")
            #expect(says(caller(project, "member", "reader")) == isUsage, "\(rule.name)")
            #expect(!says(caller(.system, "admin")), "\(rule.name)")
        }
        let reader = caller(project, "reader")
        #expect(engine.decide(reader, rule: "placement:usages", target: ["project_id": "other"]) == .refused)
        let legacy = try PolicyEngine(rules: PlacementPolicy.rules, heedsLegacyDefaults: true)
        #expect(
            legacy.decide(caller(project, "admin"), rule: "placement:reshaper:reshape", target: [:]) == .admitted)
    }

    @Test(
        "accelerator: the matrix of personas",
        arguments: [
            ("cyborg:device_profile:get_all", "11110"), ("cyborg:device_profile:create", "10000"),
            ("cyborg:arq:get_one", "11110"), ("cyborg:arq:create", "11101"), ("cyborg:arq:update", "11101"),
            ("cyborg:device:get_all", "11000"), ("cyborg:deployable:get_one", "11000"),
            ("cyborg:device:disable", "10000"), ("cyborg:attribute:create", "10000"),
        ])
    func accelerator(_ rule: String, _ answers: String) throws {
        let engine = try PolicyEngine(rules: AcceleratorPolicy.rules)
        let personas = [
            caller(project, "admin", "manager", "member", "reader"), caller(project, "manager", "member", "reader"),
            caller(project, "member", "reader"), caller(project, "reader"), caller(project, "service"),
        ]
        let got = personas.map { engine.decide($0, rule: rule, target: .own($0)) == .admitted ? "1" : "0" }
        #expect(got.joined() == answers)
        #expect(engine.decide(caller(project, "unrelated"), rule: rule, target: [:]) == .refused)
        #expect(engine.decide(caller(.system, "admin"), rule: rule, target: [:]) == .wrongScope([.project]))
    }

    @Test("accelerator: legacy defaults do not open the devices to every project")
    func acceleratorLegacy() throws {
        let engine = try PolicyEngine(rules: AcceleratorPolicy.rules, heedsLegacyDefaults: true)
        let anyone = caller(project, "unrelated")
        #expect(engine.decide(anyone, rule: "cyborg:device:get_all", target: .own(anyone)) == .refused)
        #expect(engine.decide(anyone, rule: "cyborg:arq:get_all", target: .own(anyone)) == .admitted)
        // What a role has by the new defaults, the legacy ones do not take away.
        let fresh = try PolicyEngine(rules: AcceleratorPolicy.rules)
        for scope in ["manager", "admin", "member", "reader", "service"] {
            let caller = caller(project, scope)
            for rule in AcceleratorPolicy.rules
            where fresh.decide(caller, rule: rule.name, target: .own(caller)) == .admitted {
                #expect(
                    engine.decide(caller, rule: rule.name, target: .own(caller)) == .admitted, "\(scope) \(rule.name)")
            }
        }
    }

    @Test("identity: who may read and change a user")
    func identity() throws {
        let engine = try PolicyEngine(rules: IdentityPolicy.rules)
        let target: PolicyTarget = ["target.user.id": "x", "target.user.domain_id": "d"]
        func says(_ caller: Caller, _ rule: String) -> Bool {
            engine.decide(caller, rule: rule, target: target) == .admitted
        }
        #expect(says(caller(project, "admin"), "identity:update_user"))
        #expect(says(caller(.system, "reader"), "identity:get_user"))
        #expect(!says(caller(.system, "reader"), "identity:update_user"))
        #expect(says(caller(.domain("d"), "manager"), "identity:update_user"))
        #expect(!says(caller(.domain("e"), "manager"), "identity:update_user"))
        #expect(!says(caller(project, "manager"), "identity:update_user"))
        #expect(!says(caller(project, "member", "reader"), "identity:get_user"))
        let own: PolicyTarget = ["target.user.id": "u", "target.user.domain_id": "d"]
        #expect(engine.decide(caller(.unscoped), rule: "identity:get_user", target: own) == .admitted)
        #expect(engine.decide(caller(project), rule: "identity:list_regions", target: [:]) == .admitted)
    }

    @Test("identity: a domain's manager grants manager, member and reader in the own domain, nothing more")
    func grants() throws {
        let engine = try PolicyEngine(rules: IdentityPolicy.rules)
        let manager = caller(.domain("d"), "manager", "member", "reader")
        func grants(_ role: String, domain: String = "d") -> Bool {
            engine.decide(
                manager, rule: "identity:create_grant",
                target: [
                    "target.user.domain_id": domain, "target.project.domain_id": "d", "target.role.name": role,
                    "target.role.domain_id": "None",
                ]) == .admitted
        }
        #expect(grants("member") && grants("reader") && grants("manager"))
        #expect(!grants("admin") && !grants("service") && !grants("member", domain: "e"))
    }
}
