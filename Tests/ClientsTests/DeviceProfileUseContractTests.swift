import Clients
import Model
import TestAccelerators
import Testing

/// The client over HTTP and the double in process keep one contract.
@Suite struct DeviceProfileUseContractTests {
    @Test(arguments: DeviceProfileUseContract.all)
    func `over HTTP, page by page`(contract: DeviceProfileUseContract) async throws {
        let service = PlayedProfiles()
        let use = RESTDeviceProfileUse(peer: ServicePeer(.accelerator, transport: service, tokens: nil))
        try await contract.check(
            .init(use: use) {
                service.put($0, $1)
            } cut: {
                service.setDown(true)
            })
    }

    @Test(arguments: DeviceProfileUseContract.all)
    func `the double`(contract: DeviceProfileUseContract) async throws {
        let profiles = MemoryProfiles()
        try await contract.check(
            .init(use: profiles) {
                profiles.put($0, $1)
            } cut: {
                profiles.fail(.unavailable("The accelerator service cannot be reached."))
            })
    }
}
