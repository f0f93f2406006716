import API
import Model

/// The parameters of Placement's paths. A value with another form gets 404, because nothing with that name exists.
enum PathParameters {
    static let provider = PathParameter<ResourceProviderID>(
        "uuid", "The resource provider's id", malformed: .notFound,
        refusal: { "No resource provider with uuid \($0) found: ids are UUIDs." })
    static let resourceClass = PathParameter<String>("resource_class", "The resource class's name")
    static let className = PathParameter<String>("name", "The resource class's name")
    static let trait = PathParameter<String>("name", "The trait's name")
    static let consumer = PathParameter<String>("consumer_uuid", "The consumer's id")
}
