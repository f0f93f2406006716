/// What the rule on calls lets stand; the list only shrinks.
enum UseExceptions {
    static let calledByTests = Exceptions(
        atMost: 18,
        [
            // A test has the agent look when it says so.
            "Sources/DeviceAgent/DeviceParty.swift: `rescan`",
            "Sources/Drivers/External/ExternalDriver.swift: `interrupt`",
            // What a recorded host's drives are made to do.
            "Sources/Host/Recording/PlayedDrive.swift: `age`",
            "Sources/Host/Recording/PlayedDrive.swift: `behave`",
            "Sources/Host/Recording/PlayedDrive.swift: `hideBlocks`",
            // An agent sends changes; tests of both ends look at what comes of them.
            "Sources/Model/Devices/HostReportChange.swift: `applying`",
            // What an inspector still holds for possible while the bytes pass.
            "Sources/ImageInspection/Inspector/ImageInspector.swift: `candidates`",
            // Hosts inspect what they boot.
            "Sources/ImageInspection/Rules/HostRule.swift: `HostRule`",
            "Sources/Model/Faults/Fault.swift: `uriTooLong`",
            "Sources/Model/Placement/ResourceClass.swift: `vgpu`",
            // Images are verified where they are stored, and their certificates where they are booted.
            "Sources/Signatures/Certificates/TrustedCertificates.swift: `TrustedCertificates`",
            "Sources/Store/ChangeLog.swift: `latestChange`",
            "Sources/Store/Feed/ChangeFeed.swift: `caughtUp`",
            // A step that is repeated may act otherwise; tests are stubborn by it.
            "Sources/Workflows/Definitions/StepContext.swift: `attempt`",
            // Tests stop a run at each of them.
            "Sources/Workflows/Definitions/WorkflowDefinition.swift: `labels`",
            // The engine without its loop, so that tests say when.
            "Sources/Workflows/Engine/WorkflowEngine.swift: `runDue`",
            // No service offers it to its users yet.
            "Sources/Workflows/Journal/WorkflowJournal.swift: `cancel`",
            "Sources/Workflows/Journal/WorkflowJournal.swift: `detached`",
        ])
}
