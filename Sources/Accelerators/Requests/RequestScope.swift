import Conventions
import Model
import Store

/// Which accelerator requests a caller may touch.
///
/// Administrators see every project, and so do services that show a service token; others see their own. The role alone is no
/// proof of being the compute service: whoever has it in any project would have power over all of them.
struct RequestScope: Sendable, Equatable {
    private let tenants: TenantScope

    init(_ caller: Caller) {
        let isService = caller.has(role: "service") && caller.comesThroughService
        tenants = TenantScope(caller, seesEveryone: caller.has(role: "admin") || isService)
    }

    /// Another part of this process, which says itself whose requests it means.
    static let house = RequestScope(.everyone)

    private init(_ tenants: TenantScope) { self.tenants = tenants }

    var condition: SQL { tenants.condition("r.project") }
}
