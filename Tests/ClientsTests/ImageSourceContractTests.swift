import Clients
import Model
import TestImages
import Testing

/// The client over HTTP and the double in process keep one contract.
@Suite struct ImageSourceContractTests {
    private struct Token: ServiceTokens {
        func token() async throws(Fault) -> Secret { Secret("own") }
        func forget(_ token: Secret) {}
    }

    @Test(arguments: ImageSourceContract.all) func `over HTTP`(contract: ImageSourceContract) async throws {
        let images = PlayedImages()
        try await images.run { address in
            let source = RESTImageSource(
                peer: ServicePeer(
                    .image, transport: try NetworkTransport(base: address, name: "the image service"),
                    tokens: Token()))
            try await contract.check(
                ImageSourceUnderTest(source: source, put: { images.put($0) }, remove: { images.remove($0) }))
        }
    }

    @Test(arguments: ImageSourceContract.all) func `the double`(contract: ImageSourceContract) async throws {
        let images = MemoryImages(of: [:])
        try await contract.check(
            ImageSourceUnderTest(source: images) { image in
                images.put(image.id, image.data, image.properties, status: image.status)
            } remove: { id in
                images.remove(id)
            })
    }
}
