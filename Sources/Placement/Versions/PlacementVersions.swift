import API

/// The versions of the Placement API, as the original has them.
extension APIVersion {
    static let initial = APIVersion(1, 0, "Resource providers with their inventories, allocations and usages.")
    static let aggregates = APIVersion(1, 1, "The aggregates that a resource provider belongs to.")
    static let customClasses = APIVersion(
        1, 2, "Resource classes are listed; custom ones are created, renamed and deleted.")
    static let providersByAggregate = APIVersion(1, 3, "Resource providers are filtered by their aggregates.")
    static let providersByResources = APIVersion(1, 4, "Resource providers are filtered by the room that they have.")
    static let inventoryDeletion = APIVersion(1, 5, "All inventories of a resource provider are deleted at once.")
    static let traits = APIVersion(1, 6, "Traits, and those of a resource provider.")
    static let repeatableClasses = APIVersion(
        1, 7, "PUT creates a custom resource class and may be repeated; a class is no longer renamed.")
    static let owners = APIVersion(1, 8, "Allocations name the project and the user that they belong to.")
    static let projectUsages = APIVersion(1, 9, "The usages of a project, or of a user in it.")
    static let candidates = APIVersion(1, 10, "Allocation candidates: where resources could be allocated.")
    static let allocationLinks = APIVersion(1, 11, "Resource providers link to their allocations.")
    static let keyedAllocations = APIVersion(
        1, 12, "Allocations are written as they are read: keyed by resource provider.")
    static let manyConsumers = APIVersion(1, 13, "The allocations of several consumers are written in one request.")
    static let trees = APIVersion(1, 14, "Resource providers stand in trees, and are filtered by them.")
    static let lastModified = PlacementFamily.lastModified
    static let candidateLimit = APIVersion(1, 16, "The number of allocation candidates is limited on request.")
    static let requiredTraits = APIVersion(
        1, 17, "Allocation candidates are filtered by traits; their summaries list traits.")
    static let providersByTraits = APIVersion(1, 18, "Resource providers are filtered by traits.")
    static let guardedAggregates = APIVersion(
        1, 19, "Aggregates are read and written with the generation of their resource provider.")
    static let createdProvider = APIVersion(1, 20, "The creation of a resource provider responds with it.")
    static let candidatesByAggregate = APIVersion(1, 21, "Allocation candidates are filtered by aggregates.")
    static let forbiddenTraits = APIVersion(1, 22, "Traits that a resource provider must not have.")
    static let errorCodes = PlacementFamily.errorCodes
    static let repeatedAggregates = APIVersion(1, 24, "Several filters by aggregates, all of which must hold.")
    static let granularGroups = APIVersion(
        1, 25, "Numbered groups of resources and traits, each served by one resource provider.")
    static let fullReservation = APIVersion(1, 26, "The whole of an inventory may be reserved.")
    static let wholeSummaries = APIVersion(
        1, 27, "Summaries of allocation candidates have every resource class, not only those that were asked for.")
    static let consumerGenerations = APIVersion(
        1, 28, "Allocations are read and written with the generation of their consumer.")
    static let candidatesInTrees = APIVersion(
        1, 29, "Allocation candidates use any resource provider of a tree; summaries name parents and roots.")
    static let reshaper = APIVersion(1, 30, "Inventories and allocations are moved together.")
    static let candidatesOfTree = APIVersion(1, 31, "Allocation candidates are filtered by tree.")
    static let forbiddenAggregates = APIVersion(1, 32, "Aggregates that a resource provider must not belong to.")
    static let namedGroups = APIVersion(1, 33, "The suffix of a group is a name of up to 64 characters.")
    static let mappings = APIVersion(
        1, 34, "Candidates and allocations say which resource provider serves which group.")
    static let rootTraits = APIVersion(1, 35, "Allocation candidates are filtered by traits of the root.")
    static let sameSubtree = APIVersion(1, 36, "Groups are served within one subtree on request.")
    static let reparenting = APIVersion(1, 37, "A resource provider moves to another parent, or to none.")
    static let consumerTypes = APIVersion(1, 38, "Consumers have a type; usages are shown by it.")
    static let anyTraits = APIVersion(1, 39, "Any of several traits satisfies a filter.")

    static let placement: [APIVersion] = [
        initial, aggregates, customClasses, providersByAggregate, providersByResources, inventoryDeletion, traits,
        repeatableClasses, owners, projectUsages, candidates, allocationLinks, keyedAllocations, manyConsumers, trees,
        lastModified, candidateLimit, requiredTraits, providersByTraits, guardedAggregates, createdProvider,
        candidatesByAggregate, forbiddenTraits, errorCodes, repeatedAggregates, granularGroups, fullReservation,
        wholeSummaries, consumerGenerations, candidatesInTrees, reshaper, candidatesOfTree, forbiddenAggregates,
        namedGroups, mappings, rootTraits, sameSubtree, reparenting, consumerTypes, anyTraits,
    ]
}
