public import Clients
import Model
public import Testing

/// What everything does that tells which resource classes device profiles request: one case of the contract.
public struct DeviceProfileUseContract: Sendable, CustomTestStringConvertible {
    /// What is tested, and what a test must do beside it.
    public struct UnderTest: Sendable {
        let use: any DeviceProfileUse
        /// Makes a profile with these groups.
        let put: @Sendable (_ name: String, _ groups: [[String: String]]) -> Void
        /// The service cannot be reached from now on.
        let cut: @Sendable () -> Void

        public init(
            use: any DeviceProfileUse, put: @escaping @Sendable (String, [[String: String]]) -> Void,
            cut: @escaping @Sendable () -> Void
        ) {
            self.use = use
            self.put = put
            self.cut = cut
        }
    }

    public let testDescription: String
    private let body: @Sendable (UnderTest) async throws -> Void

    private init(_ description: String, _ body: @escaping @Sendable (UnderTest) async throws -> Void) {
        testDescription = description
        self.body = body
    }

    public func check(_ profiles: UnderTest) async throws { try await body(profiles) }

    public static let all = [
        DeviceProfileUseContract("no profile, no class") { profiles in
            let classes = try await profiles.use.classes()
            #expect(classes == [:])
        },
        DeviceProfileUseContract("the classes of all groups of all profiles") { profiles in
            profiles.put("a", [["resources:FPGA": "1", "trait:CUSTOM_X": "required"], ["resources:PGPU": "2"]])
            profiles.put("b", [["resources1:VGPU": "1", "accel:function_id": "resources:NO"]])
            profiles.put("c", [["resources:FPGA": "1"], ["resources:FPGA": "3"]])
            profiles.put("d", [["trait:CUSTOM_X": "required"]])
            let classes = try await profiles.use.classes()
            #expect(classes == ["a": ["FPGA", "PGPU"], "b": ["VGPU"], "c": ["FPGA"]])
        },
        DeviceProfileUseContract("a service that does not answer is 503") { profiles in
            profiles.put("a", [["resources:FPGA": "1"]])
            profiles.cut()
            let fault = await #expect(throws: Fault.self) { try await profiles.use.classes() }
            #expect(fault?.kind == .unavailable)
        },
    ]
}
