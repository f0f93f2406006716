import API
import HTTPTypes
import Model
import Store

/// `/v2/metadefs`: definitions of metadata, by which forms in front of this service ask for properties of images, flavors and volumes.
struct DefinitionEndpoints: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let time: TimeSource

    var all: [Endpoint] {
        let tags = ItemEndpoints(store: store, options: options, time: time, kind: .tag)
        return NamespaceEndpoints(store: store, options: options, time: time).all
            + ItemEndpoints(store: store, options: options, time: time, kind: .object).all
            + ItemEndpoints(store: store, options: options, time: time, kind: .property).all
            + tags.all + TagDefinitionEndpoints(items: tags).all
            + ResourceTypeEndpoints(store: store, time: time).all
    }
}
