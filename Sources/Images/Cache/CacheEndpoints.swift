import API
import HTTPTypes
import Model

/// `/v2/cache`: this service keeps no cache beside its stores. It announces no version with a cache, and says so to who asks all the same.
enum CacheEndpoints {
    private static let operations: [(HTTPRequest.Method, PathTemplate, String, rule: String)] = [
        (.get, "/v2/cache", "List the cache", "cache_list"),
        (.delete, "/v2/cache", "Empty the cache", "cache_delete"),
        (.put, "/v2/cache/\(ImageEndpoints.id)", "Queue an image for the cache", "cache_image"),
        (.delete, "/v2/cache/\(ImageEndpoints.id)", "Remove an image from the cache", "cache_delete"),
        (.post, "/v2/cache/clean", "Remove damaged entries of the cache", "cache_clean"),
        (.post, "/v2/cache/prune", "Make the cache smaller", "cache_prune"),
        (
            .get, "/v2/cache/nodes/\(ImageEndpoints.id)", "List the nodes with an image in their cache",
            "list_cached_nodes"
        ),
    ]

    static let all: [Endpoint] = operations.map { method, path, summary, rule in
        Endpoint(method, path, summary, query: .anything, access: .rule(rule), answers: .empty()) { _ in
            throw Fault.notFound("Caching via API is not supported at this site.")
        }
    }
}
