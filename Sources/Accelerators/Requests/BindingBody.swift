import API
import Model

/// Where an accelerator request is bound to, from 2.4: one object in place of a patch.
struct BindingBody: Codable, Sendable, SchemaProviding {
    let hostname: String
    let resourceProvider: String
    let instance: String

    enum CodingKeys: String, CodingKey {
        case hostname
        case resourceProvider = "device_rp_uuid"
        case instance = "instance_uuid"
    }

    static let schema = Schema.object(
        ObjectSchema([
            .init("hostname", .text(minLength: 1, maxLength: 255, pattern: nil, format: nil)),
            .init("device_rp_uuid", .uuid), .init("instance_uuid", .uuid),
        ]))

    func target() throws(Fault) -> RequestPatch.Target {
        guard let provider = ResourceProviderID(resourceProvider) else {
            throw .badRequest("'device_rp_uuid' must be a UUID.", field: "device_rp_uuid")
        }
        guard let instance = InstanceID(instance) else {
            throw .badRequest("'instance_uuid' must be a UUID.", field: "instance_uuid")
        }
        return RequestPatch.Target(host: HostName(hostname), resourceProvider: provider, instance: instance)
    }
}
