using System.ComponentModel;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Privacy;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Cleaning;

/// <summary>Redacts, drops or reports personal data.</summary>
public sealed class CleanPii : Step<CleanPii.With, CleanPii.Given, CleanPii.Made>
{
    public sealed record With
    {
        [Description("Mail addresses, also with letters beyond ASCII (of alphabets that set words apart): [EMAIL]. the last label is the domain of a country or, with three letters or more, anything but an extension of files, so that `logo@2x.png` is none; nor are `git@host:path` and the user in `scheme://user@host`.")]
        public PersonalAction Email { get; init; }

        [Description("Phone numbers with a country code, of North America, with a trunk 0, or behind `tel:` and labels such as `Phone:`: [PHONE]. A run of digits without any of that is none, nor is a date, a range, a row of bytes, or a number behind a word such as ISBN or version.")]
        public PersonalAction Phone { get; init; }

        [Description("Internet addresses that are globally routable and unicast by IANA's registries, IPv4 and IPv6, but for those of public resolvers (8.8.8.8): [IP_ADDRESS]. Versions and section numbers are none: four numbers below 50 are an address only behind a word such as IP, a scheme, or with a port or length of a net.")]
        public PersonalAction IpAddress { get; init; }

        [Description("Card numbers with a right check digit: [CREDIT_CARD].")]
        public PersonalAction CreditCard { get; init; }

        [Description("Bank accounts with right check digits: [IBAN].")]
        public PersonalAction Iban { get; init; }

        [Description("Social security numbers of the United States: [SSN].")]
        public PersonalAction Ssn { get; init; }

        [Description("Keys and tokens by the shapes of their issuers, JSON Web Tokens, private keys, credentials of `Authorization: Bearer …`, passwords in `scheme://user:password@host`, and what looks drawn at random, or for a password like no word, and is given to a name such as `password`, `AccountKey` or `sig`: [SECRET].")]
        public PersonalAction Secret { get; init; }
    }

    public sealed record Given
    {
        [Description("Documents, perhaps with personal data.")]
        public required Artifact<Artifacts.Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("The documents with placeholders in place of what was redacted.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("How much of each kind was found, and in how many documents (`found`); the samples are masked.")]
        public required Output<Artifacts.Funnel> Funnel { get; init; }
    }

    public override string Name => "clean.pii";
    public override int Version => 5;
    public override string Description => "Finds personal data by shape, bounds and checksum, and redacts it, drops the document or reports it, each kind as you say. Nothing that was found is ever written to a log or report. Names and street addresses have no shape and are not found.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of its documents";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (Enum.GetValues<PersonalKind>().All(k => ActionOf(with, k) == PersonalAction.Ignore)) yield return ("", "ignores every kind, so the step does nothing; leave it out or let it look for one");
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context) =>
        FilteredShards.RunAsync(new PersonalDataFilter(kind => ActionOf(with, kind)), inputs.Documents, outputs.Documents, outputs.Funnel, context);

    private static PersonalAction ActionOf(With with, PersonalKind kind) => kind switch
    {
        PersonalKind.Email => with.Email,
        PersonalKind.Phone => with.Phone,
        PersonalKind.IpAddress => with.IpAddress,
        PersonalKind.CreditCard => with.CreditCard,
        PersonalKind.Iban => with.Iban,
        PersonalKind.Ssn => with.Ssn,
        _ => with.Secret,
    };
}
