import Clients
import FoundationEssentials
import Link
import Model
import Signatures

/// Finds images that are to be loaded onto devices, and says which may be.
struct ImageDesk: Sendable {
    /// The certificate that the key manager keeps under an id: PEM or DER. Throws 404 and 403 as the key manager answers the caller.
    typealias CertificateLookup = @Sendable (_ id: String, _ caller: Caller) async throws(Fault) -> [UInt8]

    /// Nil where no image service is configured.
    let images: (any ImageSource)?
    /// Nil where no key manager is configured.
    let certificates: CertificateLookup?
    /// Whether only signed images are loaded.
    let requiresSignature: Bool
    let time: TimeSource

    /// Bytes.
    private static let largest = 1 << 30

    /// An image that `caller` may see and that may be loaded.
    ///
    /// Throws 404 where there is none, 409 where it may not be loaded as it is, 400 for a signature that cannot be one, 503 where the image
    /// service or the key manager does not say.
    func plan(_ id: ImageID, for caller: Caller) async throws(Fault) -> ImagePlan {
        try await plan(try await service().image(id, for: Self.behalf(of: caller)), for: caller)
    }

    /// The one image with these properties, whoever may see it: the profile's administrator chose it. Throws 409 unless it is one.
    func plan(with properties: [String: String], for caller: Caller) async throws(Fault) -> ImagePlan {
        let found = try await service().images(with: properties, most: 2, for: .service)
        let wanted = properties.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.shown)" }
        guard let image = found.first, found.count == 1 else {
            throw .conflict(
                "\(found.isEmpty ? "No image has" : "Several images have") the property \(wanted.joined(separator: " and ")); "
                    + "one must have it. Nothing was bound.")
        }
        return try await plan(image, for: caller)
    }

    /// The image of a device profile.
    func plan(chosen id: ImageID, for caller: Caller) async throws(Fault) -> ImagePlan {
        try await plan(try await service().image(id, for: .service), for: caller)
    }

    private func service() throws(Fault) -> any ImageSource {
        guard let images else {
            throw .conflict(
                "No image service is configured from which a bitstream could be loaded: the section keystone names the catalog "
                    + "that lists it. Nothing was changed.")
        }
        return images
    }

    private static func behalf(of caller: Caller) -> Behalf {
        caller.token.map { .user(UserToken($0), afterwards: .fails) } ?? .service
    }

    private func plan(_ image: SourceImage, for caller: Caller) async throws(Fault) -> ImagePlan {
        guard image.status == "active" else {
            throw .conflict("The image \(image.id) is '\(image.status.shown)'; only an active image can be loaded.")
        }
        guard let size = image.size, size > 0 else {
            throw .conflict("The image \(image.id) has no data; upload the bitstream first.")
        }
        guard size <= Self.largest else {
            throw .conflict(
                "The image \(image.id) has \(size) bytes; at most \(Self.largest) are loaded onto a device.")
        }
        guard let digest = image.digest else {
            let known = ImageDigest.Algorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw .conflict(
                "The image \(image.id) is hashed with '\(image.algorithm?.shown ?? "nothing")', and a device is loaded only with "
                    + "data that are known by a hash of \(known). Nothing was changed.")
        }
        let plan = ImagePlan(
            image: WorkImage(
                id: image.id, size: size, digest: digest, function: ImageFitness.function(of: image.properties)?.text),
            properties: image.properties,
            certificate: try await certificate(of: image, for: caller))
        // What can be known before any byte is read.
        _ = try plan.verifier(at: time.now())
        return plan
    }

    private func certificate(of image: SourceImage, for caller: Caller) async throws(Fault) -> Data? {
        let signature: SignatureProperties?
        do {
            signature = try SignatureProperties(image.properties)
        } catch {
            throw ImagePlan.unverified(image.id, error)
        }
        guard let signature else {
            guard !requiresSignature else {
                throw .conflict(
                    "The image \(image.id) is not signed, and accelerator.image_signatures requires it; sign it and set its "
                        + "properties img_signature…. Nothing was changed.")
            }
            return nil
        }
        guard let certificates else {
            throw .conflict(
                "The image \(image.id) is signed, and no key manager is configured that has the certificate to verify it with. "
                    + "Nothing was changed.")
        }
        return Data(try await certificates(signature.certificateID, caller))
    }
}
