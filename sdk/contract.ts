/** Generated from docs/openapi.json by scripts/contract.mjs: do not edit. */

export interface paths {
    readonly "/.well-known/jwks.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Public keys that verify tokens (JWKS) */
        readonly get: operations["getSigningKeys"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/livez": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The process answers */
        readonly get: operations["getLiveness"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/llms.txt": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Index of the documents */
        readonly get: operations["getLlmsIndex"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Figures for Prometheus */
        readonly get: operations["getMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This document (OpenAPI 3.1) */
        readonly get: operations["getOpenApi"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/readyz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Database, tables and signing key are ready */
        readonly get: operations["getReadiness"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/accounts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List accounts */
        readonly get: operations["listAccounts"];
        readonly put?: never;
        /** Create an account */
        readonly post: operations["createAccount"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/accounts/me/password": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Change the caller's own password and end its tokens */
        readonly put: operations["changeOwnPassword"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/accounts/{account_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Read an account */
        readonly get: operations["getAccount"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/accounts/{account_id}/disable": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Disable an account and end its tokens */
        readonly post: operations["disableAccount"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/accounts/{account_id}/enable": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Enable an account again */
        readonly post: operations["enableAccount"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/accounts/{account_id}/password": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Set an account's password and end its tokens */
        readonly put: operations["setAccountPassword"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/accounts/{account_id}/revoke-tokens": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End all tokens of an account */
        readonly post: operations["revokeTokens"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/accounts/{account_id}/roles": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Replace an account's roles */
        readonly put: operations["setAccountRoles"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/approvals": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List calls that wait or waited for a second person, the newest first */
        readonly get: operations["listApprovals"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/approvals/{approval_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a call that waits or waited */
        readonly get: operations["getApproval"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/approvals/{approval_id}/approve": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Approve a call and carry it out; not by the one who asked for it */
        readonly post: operations["approveCall"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/approvals/{approval_id}/reject": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Reject a call, or take back one of your own */
        readonly post: operations["rejectCall"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/audit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Who changed what, when and from where
         * @description One entry for each change of a customer, loan, account, key or the ledger; newest first.
         */
        readonly get: operations["listAuditEntries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/audit/verification": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Whether the audit trail is whole
         * @description Walks through every chain: finds entries that were changed, removed or inserted behind the back of the server, and loans and customers whose last change is missing.
         */
        readonly get: operations["verifyAudit"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/authenticate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who the token speaks for */
        readonly get: operations["authenticateToken"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/authorize": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Whether the token fulfils a rule
         * @description 401 when it does not.
         */
        readonly post: operations["authorizeToken"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/auth/token": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Obtain a token
         * @description HTTP Basic with email and password. Attempts are limited per account and per address: after some failures each doubles the wait. The answer never tells whether the email exists.
         */
        readonly get: operations["issueToken"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/business-date": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get the business date */
        readonly get: operations["getBusinessDate"];
        /**
         * Move the business date of a sandbox
         * @description Forwards only, and without closing the days in between: `POST /v1/clock/advance` closes each on the way.
         */
        readonly put: operations["setBusinessDate"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/charges": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List all charges */
        readonly get: operations["listCharges"];
        readonly put?: never;
        /** Make a charge */
        readonly post: operations["createCharge"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/charges/{charge_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a charge */
        readonly get: operations["getCharge"];
        /**
         * Change a charge
         * @description What is left out stays, `null` takes a value away; the code stays. Products that have the charge get their next version; loans keep what they were made with.
         */
        readonly put: operations["updateCharge"];
        readonly post?: never;
        /** Delete a charge that no product has; loans keep theirs */
        readonly delete: operations["deleteCharge"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/charges/{charge_id}/activate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Offer a charge again */
        readonly post: operations["activateCharge"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/charges/{charge_id}/deactivate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Stop offering a charge; products must let go of it first */
        readonly post: operations["deactivateCharge"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/clock/advance": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Let days pass in a sandbox
         * @description Day by day, each closed before the next begins; answered when the last one is. With many loans go in small steps. Only in a sandbox.
         */
        readonly post: operations["advanceClock"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/close-of-business": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** See how far close of business has come */
        readonly get: operations["getCloseOfBusiness"];
        readonly put?: never;
        /**
         * Close every day that is over
         * @description Each day by itself, in order, in the background and by all processes together; a run that was interrupted goes on. The very first run closes yesterday only. Answers the days that are begun by this call.
         */
        readonly post: operations["startCloseOfBusiness"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/close-of-business/failures": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * List the loans that could not be closed
         * @description They are tried again by every run until they can. At most 1000.
         */
        readonly get: operations["listCloseOfBusinessFailures"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/closure-reasons": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List all closure reasons */
        readonly get: operations["listClosureReasons"];
        readonly put?: never;
        /** Add one closure reason */
        readonly post: operations["createClosureReason"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/closure-reasons/{reference_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Rename one closure reason; the short name stays */
        readonly put: operations["updateClosureReason"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/closure-reasons/{reference_id}/activate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Let one closure reason be chosen again */
        readonly post: operations["activateClosureReason"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/closure-reasons/{reference_id}/deactivate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Let one closure reason no longer be chosen */
        readonly post: operations["deactivateClosureReason"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/configuration": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The whole configuration as one document
         * @description Entries are named by short names and codes, so the document can be applied to another book.
         */
        readonly get: operations["exportConfiguration"];
        readonly put?: never;
        /**
         * Apply a configuration document, or tell what it would change
         * @description All or nothing, in one transaction. An entry that the document names is afterwards as it says, fields that it leaves out at their defaults; what it does not name stays. Applied again it changes nothing. A refusal names every fault of every entry.
         */
        readonly post: operations["applyConfiguration"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/customers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List customers */
        readonly get: operations["listCustomers"];
        readonly put?: never;
        /**
         * Create a customer
         * @description Active at once; with `active: false` Pending until activated.
         */
        readonly post: operations["createCustomer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/customers/external/{customer_external_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a customer */
        readonly get: operations["getCustomerByExternalId"];
        /**
         * Change a customer
         * @description A partner changes the external id; name, phone, email and birth need the role OPERATOR.
         */
        readonly put: operations["updateCustomerByExternalId"];
        readonly post?: never;
        /** Delete a pending customer without loans */
        readonly delete: operations["deleteCustomerByExternalId"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/customers/external/{customer_external_id}/activate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Activate a pending customer */
        readonly post: operations["activateCustomerByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/customers/external/{customer_external_id}/close": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Close a customer for good */
        readonly post: operations["closeCustomerByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/customers/{customer_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a customer */
        readonly get: operations["getCustomer"];
        /**
         * Change a customer
         * @description A partner changes the external id; name, phone, email and birth need the role OPERATOR.
         */
        readonly put: operations["updateCustomer"];
        readonly post?: never;
        /** Delete a pending customer without loans */
        readonly delete: operations["deleteCustomer"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/customers/{customer_id}/activate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Activate a pending customer */
        readonly post: operations["activateCustomer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/customers/{customer_id}/close": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Close a customer for good */
        readonly post: operations["closeCustomer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/delinquency-buckets": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List delinquency buckets */
        readonly get: operations["listDelinquencyBuckets"];
        readonly put?: never;
        /** Make a delinquency bucket */
        readonly post: operations["createDelinquencyBucket"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/delinquency-buckets/{bucket_code}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a delinquency bucket */
        readonly get: operations["getDelinquencyBucket"];
        /**
         * Change a delinquency bucket
         * @description For loans made from now on: a loan keeps the ranges that it was made with.
         */
        readonly put: operations["updateDelinquencyBucket"];
        readonly post?: never;
        /** Delete a delinquency bucket that no product names */
        readonly delete: operations["deleteDelinquencyBucket"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/four-eyes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Which operations need a second person */
        readonly get: operations["getFourEyes"];
        /**
         * Say which operations need a second person
         * @description A call of such an operation is answered 202 and waits until another operator approves it. As soon as any operation needs a second person, so does this one.
         */
        readonly put: operations["setFourEyes"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/gl-accounts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List the chart of accounts */
        readonly get: operations["listGlAccounts"];
        readonly put?: never;
        /** Add a GL account */
        readonly post: operations["createGlAccount"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/gl-accounts/{gl_code}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /**
         * Rename, deactivate or reactivate a GL account
         * @description An account that an active loan product posts to stays active. Code and type never change.
         */
        readonly put: operations["updateGlAccount"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/gl-closures": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List closed periods, the latest first */
        readonly get: operations["listGlClosures"];
        readonly put?: never;
        /**
         * Close the books up to a date
         * @description Once this is answered, nothing is posted on or before the date: neither by hand nor by loans, whose calls are then refused with `permission_denied`. The date is after the latest closure, not in the future.
         */
        readonly post: operations["createGlClosure"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/gl-closures/{closure_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Reopen the latest closed period */
        readonly delete: operations["deleteGlClosure"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/imports/customers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Take over customers of another system, many at a time
         * @description Each line is a customer as for `POST /v1/customers`. Lines that cannot be are answered with the reason and leave nothing behind; the others are stored together. A customer whose external id is in the book already is skipped, so the same lines may be sent again.
         */
        readonly post: operations["importCustomers"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/imports/loans": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Take over loans of another system, many at a time
         * @description Each line is a loan as for `POST /v1/loans`, with an external id of its own and what was repaid so far. It becomes what these calls would have made of it, and is told to nobody. Lines that cannot be are answered with the reason and leave nothing behind; the others are stored together. A line that is in the book already is skipped, so the same lines may be sent again.
         */
        readonly post: operations["importLoans"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/journal-entries": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List journal entries of loans and those made by hand */
        readonly get: operations["listJournalEntries"];
        readonly put?: never;
        /**
         * Post an entry by hand
         * @description For what no loan stands behind. Accounts that hold the sum of the loans (portfolio, receivables, overpayments) are moved by loans only. Dates in the future or in a closed period are refused.
         */
        readonly post: operations["createJournalEntry"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/journal-entries/{entry_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a journal entry */
        readonly get: operations["getJournalEntry"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/journal-entries/{entry_id}/reverse": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Take back an entry made by hand
         * @description Posts the mirror; answers the new entry. Entries of loans follow their transactions.
         */
        readonly post: operations["reverseJournalEntry"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loan-products": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List all loan products */
        readonly get: operations["listLoanProducts"];
        readonly put?: never;
        /**
         * Make a loan product
         * @description Judged as a whole: loans at its standard terms and at its bounds must have a schedule that pays back what was lent. A refusal names every field at fault.
         */
        readonly post: operations["createLoanProduct"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loan-products/preview": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Show the loan that a product still being drafted would make
         * @description The same numbers as a booked loan of it. Nothing is written.
         */
        readonly post: operations["previewLoanProduct"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loan-products/{product_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a loan product */
        readonly get: operations["getLoanProduct"];
        /**
         * Change a loan product
         * @description What is left out stays, `null` takes a field back to its default. New terms bind new loans only: each loan keeps the terms it was made with. A change makes the next version.
         */
        readonly put: operations["updateLoanProduct"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loan-products/{product_id}/activate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Offer a loan product again
         * @description Loans that were made of it go on as before.
         */
        readonly post: operations["activateLoanProduct"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loan-products/{product_id}/deactivate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Stop offering a loan product
         * @description Loans that were made of it go on as before.
         */
        readonly post: operations["deactivateLoanProduct"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loan-products/{product_id}/versions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every version of a loan product, the newest first */
        readonly get: operations["listLoanProductVersions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List loans */
        readonly get: operations["listLoans"];
        readonly put?: never;
        /**
         * Make a loan
         * @description Submitted, approved and disbursed in one atomic step; with `disburse: false` only submitted.
         */
        readonly post: operations["createLoan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a loan with its schedule and repayments
         * @description With `asOf` as it stood at the end of that day, by value dates: what is dated later is left out, what was reversed since never counted. Not before the submission, not in the future.
         */
        readonly get: operations["getLoanByExternalId"];
        /** Change the terms of a pending loan */
        readonly put: operations["updateLoanByExternalId"];
        readonly post?: never;
        /** Delete a pending loan */
        readonly delete: operations["deleteLoanByExternalId"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/adjust-disbursement-date": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Move the disbursement to another day */
        readonly post: operations["adjustDisbursementDateByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/approve": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Approve a pending loan */
        readonly post: operations["approveLoanByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/charges": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The charges of a loan */
        readonly get: operations["listLoanChargesByExternalId"];
        readonly put?: never;
        /**
         * Add a charge to a loan
         * @description On a running loan the history is laid over the schedule again with it.
         */
        readonly post: operations["addLoanChargeByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/charges/{charge_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A charge of a loan */
        readonly get: operations["getLoanChargeByExternalId"];
        /** Change the amount or due date of a charge of a pending loan */
        readonly put: operations["updateLoanChargeByExternalId"];
        readonly post?: never;
        /** Take a charge off a pending loan */
        readonly delete: operations["deleteLoanChargeByExternalId"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/charges/{charge_id}/adjust": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Give back (a part of) a charge
         * @description Booked as a payment of at most what is left of the charge; the loan’s strategy says where it goes.
         */
        readonly post: operations["adjustLoanChargeByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/charges/{charge_id}/refund": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Give a paid charge back
         * @description Pays the loan with what was paid on the charge, and takes the income of the charge back.
         */
        readonly post: operations["refundLoanChargeByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/charges/{charge_id}/undo-waiver": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take the waiver of a charge back */
        readonly post: operations["undoLoanChargeWaiverByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/charges/{charge_id}/waive": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Forgive what is open of a charge */
        readonly post: operations["waiveLoanChargeByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/delinquency": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How late a loan is */
        readonly get: operations["getLoanDelinquencyByExternalId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/delinquency-pauses": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Let a loan not become more delinquent for some time
         * @description The days of the pause do not count; the debt stays due.
         */
        readonly post: operations["pauseDelinquencyByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/delinquency-pauses/resume": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End the pause of today */
        readonly post: operations["resumeDelinquencyByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/disburse": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Pay an approved loan out */
        readonly post: operations["disburseLoanByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/explain": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Why a figure of the loan is what it is
         * @description Either one component of one installment (`installment=1&component=interest`): the days, rates and roundings that made it and the transactions that settled it; or `balance=principal`: every transaction that moved the balance.
         */
        readonly get: operations["explainLoanByExternalId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/payoff": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What settles the loan on a day */
        readonly get: operations["getPayoffByExternalId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/reject": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Reject a pending loan, for good */
        readonly post: operations["rejectLoanByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List the customer's repayments, newest first */
        readonly get: operations["listRepaymentsByExternalId"];
        readonly put?: never;
        /**
         * Record a repayment
         * @description Goes to penalties, fees, interest, principal. Above what is outstanding the loan becomes Overpaid.
         */
        readonly post: operations["createRepaymentByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/charge-off": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Move the loan to the charge-off accounts */
        readonly post: operations["chargeOffLoanByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/credit-balance-refund": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Pay back what was overpaid */
        readonly post: operations["refundCreditBalanceByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/goodwill-credit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Forgive a part in goodwill */
        readonly post: operations["recordGoodwillCreditByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/merchant-issued-refund": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Record a refund by the merchant */
        readonly post: operations["recordMerchantRefundByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/payout-refund": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Record a refund of a payout */
        readonly post: operations["recordPayoutRefundByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/recover": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Record money for a written-off loan */
        readonly post: operations["recordRecoveryByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/refund": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Pay back what was paid in advance or overpaid */
        readonly post: operations["refundPaymentByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/undo-charge-off": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take the charge-off back */
        readonly post: operations["undoChargeOffByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/waive-interest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Waive interest that is outstanding */
        readonly post: operations["waiveInterestByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/{transaction_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a repayment, or another transaction of its kind */
        readonly get: operations["getRepaymentByExternalId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/{transaction_id}/adjust": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Replace a repayment */
        readonly post: operations["adjustRepaymentByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/{transaction_id}/chargeback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Charge a repayment back */
        readonly post: operations["chargeBackRepaymentByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/repayments/{transaction_id}/reverse": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Reverse a repayment; it stays in lists */
        readonly post: operations["reverseRepaymentByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/rollback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Undo the disbursal and the approval, and delete the loan */
        readonly post: operations["rollBackLoanByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/statement": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The statement of a loan as a PDF */
        readonly get: operations["getStatementByExternalId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/transactions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every transaction of a loan, of all kinds, in order of date */
        readonly get: operations["listTransactionsByExternalId"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/undo-approval": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take the approval back */
        readonly post: operations["undoApprovalByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/undo-disbursal": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take the disbursement back */
        readonly post: operations["undoDisbursalByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/withdraw": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Withdraw a pending loan, for good */
        readonly post: operations["withdrawLoanByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/external/{loan_external_id}/writeoff": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Give up what is outstanding */
        readonly post: operations["writeOffLoanByExternalId"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/preview": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Show the loan that a request would make
         * @description The same numbers as the booked loan. No customer is needed and nothing is written.
         */
        readonly post: operations["previewLoan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Get a loan with its schedule and repayments
         * @description With `asOf` as it stood at the end of that day, by value dates: what is dated later is left out, what was reversed since never counted. Not before the submission, not in the future.
         */
        readonly get: operations["getLoan"];
        /** Change the terms of a pending loan */
        readonly put: operations["updateLoan"];
        readonly post?: never;
        /** Delete a pending loan */
        readonly delete: operations["deleteLoan"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/adjust-disbursement-date": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Move the disbursement to another day */
        readonly post: operations["adjustDisbursementDate"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/approve": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Approve a pending loan */
        readonly post: operations["approveLoan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/charges": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The charges of a loan */
        readonly get: operations["listLoanCharges"];
        readonly put?: never;
        /**
         * Add a charge to a loan
         * @description On a running loan the history is laid over the schedule again with it.
         */
        readonly post: operations["addLoanCharge"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/charges/{charge_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A charge of a loan */
        readonly get: operations["getLoanCharge"];
        /** Change the amount or due date of a charge of a pending loan */
        readonly put: operations["updateLoanCharge"];
        readonly post?: never;
        /** Take a charge off a pending loan */
        readonly delete: operations["deleteLoanCharge"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/charges/{charge_id}/adjust": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Give back (a part of) a charge
         * @description Booked as a payment of at most what is left of the charge; the loan’s strategy says where it goes.
         */
        readonly post: operations["adjustLoanCharge"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/charges/{charge_id}/refund": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Give a paid charge back
         * @description Pays the loan with what was paid on the charge, and takes the income of the charge back.
         */
        readonly post: operations["refundLoanCharge"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/charges/{charge_id}/undo-waiver": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take the waiver of a charge back */
        readonly post: operations["undoLoanChargeWaiver"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/charges/{charge_id}/waive": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Forgive what is open of a charge */
        readonly post: operations["waiveLoanCharge"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/close-of-business": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Close the open days of one loan
         * @description Up to yesterday, at once. A loan that was never closed begins with yesterday.
         */
        readonly post: operations["closeLoanDays"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/delinquency": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** How late a loan is */
        readonly get: operations["getLoanDelinquency"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/delinquency-pauses": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Let a loan not become more delinquent for some time
         * @description The days of the pause do not count; the debt stays due.
         */
        readonly post: operations["pauseDelinquency"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/delinquency-pauses/resume": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End the pause of today */
        readonly post: operations["resumeDelinquency"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/disburse": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Pay an approved loan out */
        readonly post: operations["disburseLoan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/explain": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Why a figure of the loan is what it is
         * @description Either one component of one installment (`installment=1&component=interest`): the days, rates and roundings that made it and the transactions that settled it; or `balance=principal`: every transaction that moved the balance.
         */
        readonly get: operations["explainLoan"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/payoff": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What settles the loan on a day */
        readonly get: operations["getPayoff"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/reject": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Reject a pending loan, for good */
        readonly post: operations["rejectLoan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List the customer's repayments, newest first */
        readonly get: operations["listRepayments"];
        readonly put?: never;
        /**
         * Record a repayment
         * @description Goes to penalties, fees, interest, principal. Above what is outstanding the loan becomes Overpaid.
         */
        readonly post: operations["createRepayment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/charge-off": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Move the loan to the charge-off accounts */
        readonly post: operations["chargeOffLoan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/credit-balance-refund": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Pay back what was overpaid */
        readonly post: operations["refundCreditBalance"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/goodwill-credit": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Forgive a part in goodwill */
        readonly post: operations["recordGoodwillCredit"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/merchant-issued-refund": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Record a refund by the merchant */
        readonly post: operations["recordMerchantRefund"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/payout-refund": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Record a refund of a payout */
        readonly post: operations["recordPayoutRefund"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/recover": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Record money for a written-off loan */
        readonly post: operations["recordRecovery"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/refund": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Pay back what was paid in advance or overpaid */
        readonly post: operations["refundPayment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/undo-charge-off": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take the charge-off back */
        readonly post: operations["undoChargeOff"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/waive-interest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Waive interest that is outstanding */
        readonly post: operations["waiveInterest"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/{transaction_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a repayment, or another transaction of its kind */
        readonly get: operations["getRepayment"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/{transaction_id}/adjust": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Replace a repayment */
        readonly post: operations["adjustRepayment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/{transaction_id}/chargeback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Charge a repayment back */
        readonly post: operations["chargeBackRepayment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/repayments/{transaction_id}/reverse": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Reverse a repayment; it stays in lists */
        readonly post: operations["reverseRepayment"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/rollback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Undo the disbursal and the approval, and delete the loan */
        readonly post: operations["rollBackLoan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/statement": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The statement of a loan as a PDF */
        readonly get: operations["getStatement"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/transactions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every transaction of a loan, of all kinds, in order of date */
        readonly get: operations["listTransactions"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/undo-approval": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take the approval back */
        readonly post: operations["undoApproval"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/undo-disbursal": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take the disbursement back */
        readonly post: operations["undoDisbursal"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/withdraw": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Withdraw a pending loan, for good */
        readonly post: operations["withdrawLoan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/loans/{loan_id}/writeoff": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Give up what is outstanding */
        readonly post: operations["writeOffLoan"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/offices": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List all offices */
        readonly get: operations["listOffices"];
        readonly put?: never;
        /** Add one office */
        readonly post: operations["createOffice"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/offices/{reference_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Rename one office; the short name stays */
        readonly put: operations["updateOffice"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/offices/{reference_id}/activate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Let one office be chosen again */
        readonly post: operations["activateOffice"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/offices/{reference_id}/deactivate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Let one office no longer be chosen */
        readonly post: operations["deactivateOffice"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/payment-types": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List all payment types */
        readonly get: operations["listPaymentTypes"];
        readonly put?: never;
        /** Add one payment type */
        readonly post: operations["createPaymentType"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/payment-types/{reference_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        /** Rename one payment type; the short name stays */
        readonly put: operations["updatePaymentType"];
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/payment-types/{reference_id}/activate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Let one payment type be chosen again */
        readonly post: operations["activatePaymentType"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/payment-types/{reference_id}/deactivate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Let one payment type no longer be chosen */
        readonly post: operations["deactivatePaymentType"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/ageing": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Ageing
         * @description Active loans and their principal by ranges of days past due, by product.
         */
        readonly get: operations["reportAgeing"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/balance-sheet": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Balance sheet
         * @description Assets, liabilities and equity at the end of a day, by account.
         */
        readonly get: operations["reportBalanceSheet"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/collections": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Expected against collected
         * @description What fell due by day as schedules stand now, and what customers paid on that day.
         */
        readonly get: operations["reportCollections"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/disbursements": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Disbursements
         * @description Loans paid out by day and product.
         */
        readonly get: operations["reportDisbursements"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/income-statement": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Income statement
         * @description Income and expense of a period, by account.
         */
        readonly get: operations["reportIncomeStatement"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/losses": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Write-offs and recoveries
         * @description What was written off, charged off and recovered by day and product.
         */
        readonly get: operations["reportLosses"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/portfolio-at-risk": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Portfolio at risk
         * @description PAR 1, 30, 60 and 90 by day and product.
         */
        readonly get: operations["reportPortfolioAtRisk"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/portfolio-summary": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Portfolio summary
         * @description Active loans and what is outstanding on them, by product, as they stood at the close of a day.
         */
        readonly get: operations["reportPortfolioSummary"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/roll-rates": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Roll rates
         * @description From which range of days past due loans went into which, from one end of a month to the next.
         */
        readonly get: operations["reportRollRates"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/trial-balance": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Trial balance
         * @description Debits and credits per account up to a day.
         */
        readonly get: operations["reportTrialBalance"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/reports/vintages": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Vintage curves
         * @description What became of the principal disbursed in each month, month by month.
         */
        readonly get: operations["reportVintages"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/signing-keys": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List signing keys */
        readonly get: operations["listSigningKeys"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/signing-keys/rotate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Sign with a new key from now on */
        readonly post: operations["rotateSigningKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/signing-keys/{kid}/retire": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Withdraw a key; its tokens stop */
        readonly post: operations["retireSigningKey"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/trial-balance": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Debits and credits per account up to a day */
        readonly get: operations["getTrialBalance"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/verifications": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /**
         * Prove the next part of the book
         * @description Loans against their history, their journal and the control accounts; entries made by hand; totals; names. Reads one snapshot, writes nothing and hinders nobody. Call it with the `next` of each answer until there is none.
         */
        readonly post: operations["verifyBook"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List webhook endpoints, the oldest first */
        readonly get: operations["listWebhooks"];
        readonly put?: never;
        /**
         * Register a webhook endpoint
         * @description From now on each event goes to the URL as a signed POST (Standard Webhooks), at least once and in order for each loan. Answer 2xx within 15 seconds; anything else is tried again for 3 days.
         */
        readonly post: operations["createWebhook"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks/{webhook_id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Get a webhook endpoint */
        readonly get: operations["getWebhook"];
        /** Change a webhook endpoint */
        readonly put: operations["changeWebhook"];
        readonly post?: never;
        /** Delete a webhook endpoint; what waits for it is dropped */
        readonly delete: operations["deleteWebhook"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks/{webhook_id}/deliveries": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** List the messages of an endpoint, the newest first */
        readonly get: operations["listWebhookDeliveries"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Send a message again */
        readonly post: operations["replayWebhookDelivery"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks/{webhook_id}/replay": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Send again what was given up since an instant */
        readonly post: operations["replayWebhook"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks/{webhook_id}/rotate-secret": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Sign with a new secret; the old one signs too for a day */
        readonly post: operations["rotateWebhookSecret"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/webhooks/{webhook_id}/test": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Send a test message */
        readonly post: operations["testWebhook"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Account
         * @example {
         *       "id": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
         *       "email": "partner@example.com",
         *       "roles": [
         *         "ADMIN"
         *       ],
         *       "status": "enabled",
         *       "tokensValidFrom": "2025-01-01T08:00:00.000Z",
         *       "createdAt": "2025-01-01T08:00:00.000Z"
         *     }
         */
        readonly Account: {
            /** Format: uuid */
            readonly id: string;
            readonly email: string;
            readonly roles: readonly string[];
            /** @enum {string} */
            readonly status: "enabled" | "disabled";
            /** Format: date-time */
            readonly disabledAt?: string;
            /**
             * Format: date-time
             * @description Tokens issued before no longer count
             */
            readonly tokensValidFrom: string;
            /** Format: date-time */
            readonly createdAt: string;
        };
        /**
         * Approval
         * @example {
         *       "id": "42",
         *       "operation": "writeOffLoan",
         *       "method": "POST",
         *       "path": "/v1/loans/42/writeoff",
         *       "body": {},
         *       "requestedBy": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
         *       "requestedAt": "2025-01-31T09:00:00.000Z",
         *       "status": "pending",
         *       "decidedBy": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
         *       "decidedAt": "2025-01-31T09:00:00.000Z",
         *       "note": "agreed with the branch",
         *       "answered": 200,
         *       "answer": {}
         *     }
         */
        readonly Approval: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /** @example writeOffLoan */
            readonly operation: string;
            /** @example POST */
            readonly method: string;
            /** @example /v1/loans/42/writeoff */
            readonly path: string;
            /** @description As it was sent */
            readonly body?: unknown;
            /** Format: uuid */
            readonly requestedBy: string;
            /** Format: date-time */
            readonly requestedAt: string;
            /** @enum {string} */
            readonly status: "pending" | "approved" | "rejected";
            /** Format: uuid */
            readonly decidedBy?: string;
            /** Format: date-time */
            readonly decidedAt?: string;
            /** @example agreed with the branch */
            readonly note?: string;
            /**
             * @description HTTP status that the call was answered with
             * @example 200
             */
            readonly answered?: number;
            /** @description And its body */
            readonly answer?: unknown;
        };
        /**
         * AuditEntry
         * @example {
         *       "recordedAt": "2025-01-15T09:00:00.000Z",
         *       "accountId": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
         *       "operation": "approveLoan",
         *       "address": "203.0.113.7",
         *       "requestId": "c8a7e9b2-5f5b-4f0e-9d0c-0a4f7e3b1c22",
         *       "subject": {
         *         "kind": "loan",
         *         "id": "42"
         *       },
         *       "before": {
         *         "version": 1,
         *         "status": "pending"
         *       },
         *       "after": {
         *         "version": 2,
         *         "status": "approved"
         *       },
         *       "command": {
         *         "approvedOnDate": "2025-01-15"
         *       },
         *       "chain": "0d4d3c58-4f4b-4b77-8c0e-4a0f3a1c9e10",
         *       "seq": "17",
         *       "hash": "r2Jq0bYw0m1cXh5l1JmV4oC0c2m5b1o9Q8s7d6f5g4h"
         *     }
         */
        readonly AuditEntry: {
            /** Format: date-time */
            readonly recordedAt: string;
            /** @description Absent: the system itself */
            readonly accountId?: string;
            /**
             * @description The call, as in this document
             * @example approveLoan
             */
            readonly operation: string;
            /** @description Where the call came from */
            readonly address?: string;
            /** @description `X-Request-Id` of the call */
            readonly requestId?: string;
            readonly subject: {
                /** @example loan */
                readonly kind: string;
                /**
                 * @description Opaque id
                 * @example 42
                 */
                readonly id: string;
            };
            readonly before?: {
                readonly [key: string]: unknown;
            };
            readonly after?: {
                readonly [key: string]: unknown;
            };
            /** @description What the caller sent; secrets and personal particulars are withheld */
            readonly command?: unknown;
            /** Format: uuid */
            readonly chain: string;
            /** @description Number within the chain */
            readonly seq: string;
            /** @description Digest over this entry and the one before it in the chain */
            readonly hash: string;
        };
        /**
         * BusinessDate
         * @example {
         *       "date": "2025-01-31",
         *       "mode": "live",
         *       "timeZone": "Africa/Dar_es_Salaam",
         *       "closedThrough": "2025-01-31"
         *     }
         */
        readonly BusinessDate: {
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly date: string;
            /**
             * @example live
             * @enum {string}
             */
            readonly mode: "live" | "sandbox";
            /** @example Africa/Dar_es_Salaam */
            readonly timeZone: string;
            /**
             * Format: date
             * @description The last day that is closed; absent before the first
             * @example 2025-01-31
             */
            readonly closedThrough?: string;
        };
        /**
         * Charge
         * @example {
         *       "id": "42",
         *       "code": "TL12",
         *       "active": true,
         *       "version": 1,
         *       "name": "Late fee",
         *       "chargeTimeType": "Disbursement",
         *       "chargeCalculationType": "Flat",
         *       "amount": 1.5,
         *       "currencyCode": "TZS",
         *       "penalty": true,
         *       "minCap": 1000,
         *       "maxCap": 50000,
         *       "feeInterval": 1,
         *       "feeFrequencyType": "Days"
         *     }
         */
        readonly Charge: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /**
             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
             * @example TL12
             */
            readonly code: string;
            readonly active: boolean;
            /** @example 1 */
            readonly version: number;
            /** @example Late fee */
            readonly name: string;
            /**
             * @description When it falls due
             * @example Disbursement
             * @enum {string}
             */
            readonly chargeTimeType: "Disbursement" | "Specified due date" | "Installment fee" | "Overdue installment" | "Tranche disbursement";
            /**
             * @description What the amount is
             * @example Flat
             * @enum {string}
             */
            readonly chargeCalculationType: "Flat" | "% of amount" | "% of amount and interest" | "% of interest" | "% of disbursement";
            /**
             * @description An amount when flat, else percent
             * @example 1.5
             */
            readonly amount: number;
            /** @example TZS */
            readonly currencyCode: string;
            /**
             * @description A penalty, not a fee
             * @example true
             */
            readonly penalty: boolean;
            /**
             * @description Percentages: never less
             * @example 1000
             */
            readonly minCap?: number;
            /**
             * @description Percentages: never more
             * @example 50000
             */
            readonly maxCap?: number;
            /**
             * @description Overdue charges: raised again after so many
             * @example 1
             */
            readonly feeInterval?: number;
            /**
             * @description Unit of feeInterval
             * @example Days
             * @enum {string}
             */
            readonly feeFrequencyType?: "Days" | "Weeks" | "Months" | "Years";
        };
        /**
         * ClockAdvance
         * @example {
         *       "from": "2025-01-31",
         *       "to": "2025-01-31"
         *     }
         */
        readonly ClockAdvance: {
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly from: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly to: string;
        };
        /**
         * CloseOfBusiness
         * @example {
         *       "businessDate": "2025-01-31",
         *       "closedThrough": "2025-01-31",
         *       "failures": 12,
         *       "runs": [
         *         {
         *           "date": "2025-01-31",
         *           "status": "finished",
         *           "steps": [
         *             "ADD_PERIODIC_ACCRUAL_ENTRIES"
         *           ],
         *           "startedAt": "2025-01-31T09:00:00.000Z",
         *           "finishedAt": "2025-01-31T09:00:00.000Z",
         *           "chunks": 12,
         *           "chunksFinished": 12,
         *           "loans": 12,
         *           "accruals": 12,
         *           "findings": [
         *             {}
         *           ]
         *         }
         *       ]
         *     }
         */
        readonly CloseOfBusiness: {
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly businessDate: string;
            /**
             * Format: date
             * @description The last day that is closed
             * @example 2025-01-31
             */
            readonly closedThrough?: string;
            /**
             * @description Loans that could not be closed
             * @example 12
             */
            readonly failures: number;
            /** @description The latest first, at most 31 */
            readonly runs: readonly components["schemas"]["CloseOfBusinessRun"][];
        };
        /**
         * CloseOfBusinessFailure
         * @example {
         *       "loanId": "42",
         *       "date": "2025-01-31",
         *       "reason": "period_closed: The books are closed up to 2025-01-31",
         *       "attempts": 12,
         *       "firstFailedAt": "2025-01-31T09:00:00.000Z",
         *       "lastFailedAt": "2025-01-31T09:00:00.000Z"
         *     }
         */
        readonly CloseOfBusinessFailure: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly loanId: string;
            /**
             * Format: date
             * @description The day that was to be closed
             * @example 2025-01-31
             */
            readonly date: string;
            /** @example period_closed: The books are closed up to 2025-01-31 */
            readonly reason: string;
            /** @example 12 */
            readonly attempts: number;
            /** Format: date-time */
            readonly firstFailedAt: string;
            /** Format: date-time */
            readonly lastFailedAt: string;
        };
        /**
         * CloseOfBusinessRun
         * @example {
         *       "date": "2025-01-31",
         *       "status": "finished",
         *       "steps": [
         *         "ADD_PERIODIC_ACCRUAL_ENTRIES"
         *       ],
         *       "startedAt": "2025-01-31T09:00:00.000Z",
         *       "finishedAt": "2025-01-31T09:00:00.000Z",
         *       "chunks": 12,
         *       "chunksFinished": 12,
         *       "loans": 12,
         *       "accruals": 12,
         *       "findings": [
         *         {}
         *       ]
         *     }
         */
        readonly CloseOfBusinessRun: {
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly date: string;
            /**
             * @example finished
             * @enum {string}
             */
            readonly status: "running" | "finished";
            readonly steps: readonly string[];
            /** Format: date-time */
            readonly startedAt: string;
            /** Format: date-time */
            readonly finishedAt?: string;
            /** @example 12 */
            readonly chunks: number;
            /** @example 12 */
            readonly chunksFinished: number;
            /**
             * @description Loans that had something to do
             * @example 12
             */
            readonly loans: number;
            /**
             * @description Loans that only accrued
             * @example 12
             */
            readonly accruals: number;
            /** @description What the verification of a sample found; [] = nothing wrong */
            readonly findings?: readonly unknown[];
        };
        /**
         * ClosedLoan
         * @example {
         *       "loanId": "42",
         *       "closedThrough": "2025-01-31"
         *     }
         */
        readonly ClosedLoan: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly loanId: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly closedThrough?: string;
        };
        /**
         * ClosureReason
         * @example {
         *       "id": "42",
         *       "name": "Moved abroad",
         *       "shortName": "TL12",
         *       "active": true
         *     }
         */
        readonly ClosureReason: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /** @example Moved abroad */
            readonly name: string;
            /**
             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
             * @example TL12
             */
            readonly shortName: string;
            /**
             * @description May be chosen
             * @example true
             */
            readonly active: boolean;
        };
        /**
         * Configuration
         * @example {
         *       "glAccounts": [
         *         {
         *           "glCode": "5400",
         *           "name": "Bank charges",
         *           "type": "expense",
         *           "active": true
         *         }
         *       ],
         *       "offices": [
         *         {
         *           "shortName": "ARUSHA",
         *           "name": "Arusha"
         *         }
         *       ],
         *       "charges": [
         *         {
         *           "code": "LATE_FEE",
         *           "name": "Late fee",
         *           "chargeTimeType": "Overdue installment",
         *           "chargeCalculationType": "% of amount",
         *           "amount": 1.5,
         *           "penalty": true
         *         }
         *       ]
         *     }
         */
        readonly Configuration: {
            readonly glAccounts?: readonly {
                /** @example 1000 */
                readonly glCode: string;
                /** @example Head Office */
                readonly name: string;
                /** @enum {string} */
                readonly type: "asset" | "liability" | "equity" | "income" | "expense";
                /**
                 * @description Left out: true
                 * @example true
                 */
                readonly active?: boolean;
            }[];
            readonly offices?: readonly {
                /**
                 * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                 * @example TL12
                 */
                readonly shortName: string;
                /** @example Head Office */
                readonly name: string;
                /**
                 * @description Left out: true
                 * @example true
                 */
                readonly active?: boolean;
            }[];
            readonly paymentTypes?: readonly {
                /**
                 * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                 * @example TL12
                 */
                readonly shortName: string;
                /** @example Head Office */
                readonly name: string;
                /**
                 * @description Left out: true
                 * @example true
                 */
                readonly active?: boolean;
            }[];
            readonly closureReasons?: readonly {
                /**
                 * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                 * @example TL12
                 */
                readonly shortName: string;
                /** @example Head Office */
                readonly name: string;
                /**
                 * @description Left out: true
                 * @example true
                 */
                readonly active?: boolean;
            }[];
            readonly delinquencyBuckets?: readonly {
                /**
                 * @description Letters, digits, _ . -
                 * @example STANDARD
                 */
                readonly code: string;
                /** @example Standard */
                readonly name: string;
                /** @description Upwards, without overlaps */
                readonly ranges: readonly {
                    /**
                     * @description Letters, digits, _ . -
                     * @example DAYS_1_30
                     */
                    readonly code: string;
                    /** @example 1 to 30 days past due */
                    readonly name: string;
                    /** @example 1 */
                    readonly minDays: number;
                    /**
                     * @description Absent: open
                     * @example 30
                     */
                    readonly maxDays?: number;
                }[];
            }[];
            readonly charges?: readonly {
                /**
                 * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                 * @example TL12
                 */
                readonly code: string;
                /** @example Late fee */
                readonly name: string;
                /**
                 * @description When it falls due. Label, or code: 1 Disbursement, 2 Specified due date, 8 Installment fee, 9 Overdue installment, 12 Tranche disbursement
                 * @example Disbursement
                 * @enum {string|integer}
                 */
                readonly chargeTimeType: "Disbursement" | "Specified due date" | "Installment fee" | "Overdue installment" | "Tranche disbursement" | 1 | 2 | 8 | 9 | 12;
                /**
                 * @description What the amount is. Label, or code: 1 Flat, 2 % of amount, 3 % of amount and interest, 4 % of interest, 5 % of disbursement
                 * @example Flat
                 * @enum {string|integer}
                 */
                readonly chargeCalculationType: "Flat" | "% of amount" | "% of amount and interest" | "% of interest" | "% of disbursement" | 1 | 2 | 3 | 4 | 5;
                /**
                 * @description An amount when flat, else percent
                 * @example 1.5
                 */
                readonly amount: number;
                /** @example TZS */
                readonly currencyCode?: string;
                /**
                 * @description A penalty, not a fee
                 * @example true
                 */
                readonly penalty?: boolean;
                /**
                 * @description Percentages: never less
                 * @example 1000
                 */
                readonly minCap?: number;
                /**
                 * @description Percentages: never more
                 * @example 50000
                 */
                readonly maxCap?: number;
                /**
                 * @description Overdue charges: raised again after so many
                 * @example 1
                 */
                readonly feeInterval?: number;
                /**
                 * @description Unit of feeInterval. Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                 * @example Days
                 * @enum {string|integer}
                 */
                readonly feeFrequencyType?: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                /**
                 * @description Left out: true
                 * @example true
                 */
                readonly active?: boolean;
            }[];
            readonly loanProducts?: readonly {
                /** @example Term loan, 12 months */
                readonly name: string;
                /**
                 * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                 * @example TL12
                 */
                readonly shortName: string;
                /**
                 * @description What a loan is usually for
                 * @example 1200000
                 */
                readonly principal: number;
                /**
                 * @description Usual number of repayments
                 * @example 12
                 */
                readonly numberOfRepayments: number;
                /**
                 * @description Every so many days, weeks ...
                 * @example 1
                 */
                readonly repaymentEvery: number;
                /**
                 * @description Unit of repaymentEvery. Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                 * @example Days
                 * @enum {string|integer}
                 */
                readonly repaymentFrequencyType: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                /**
                 * @description Usual interest rate in percent, at most 6 decimals
                 * @example 2
                 */
                readonly interestRatePerPeriod: number;
                /**
                 * @description What the rate is for. Label, or code: 0 Per day, 1 Per week, 2 Per month, 3 Per year, 4 Whole term
                 * @example Per day
                 * @enum {string|integer}
                 */
                readonly interestRateFrequencyType: "Per day" | "Per week" | "Per month" | "Per year" | "Whole term" | 0 | 1 | 2 | 3 | 4;
                /** @example Paid back in equal monthly installments */
                readonly description?: string;
                /** @example TZS */
                readonly currencyCode?: string;
                /**
                 * @description Default: by ISO 4217
                 * @example 2
                 */
                readonly currencyDecimals?: number;
                /**
                 * @description Currencies without decimals: amounts are multiples of this; 0 = any
                 * @example 0
                 */
                readonly currencyInMultiplesOf?: number;
                /**
                 * @description From when due dates are counted. Label, or code: 1 Disbursement date, 2 Submission date
                 * @example Disbursement date
                 * @enum {string|integer}
                 */
                readonly repaymentStartDateType?: "Disbursement date" | "Submission date" | 1 | 2;
                /**
                 * @description How principal is spread. Label, or code: 0 Equal principal payments, 1 Equal installments
                 * @example Equal principal payments
                 * @enum {string|integer}
                 */
                readonly amortizationType?: "Equal principal payments" | "Equal installments" | 0 | 1;
                /**
                 * @description What interest is computed on. Label, or code: 0 Declining Balance, 1 Flat
                 * @example Declining Balance
                 * @enum {string|integer}
                 */
                readonly interestType?: "Declining Balance" | "Flat" | 0 | 1;
                /**
                 * @description How interest is counted. Label, or code: 0 Daily, 1 Same as repayment period
                 * @example Daily
                 * @enum {string|integer}
                 */
                readonly interestCalculationPeriodType?: "Daily" | "Same as repayment period" | 0 | 1;
                /**
                 * @description Parts of a repayment period bear a part of its interest
                 * @example false
                 */
                readonly allowPartialPeriodInterest?: boolean;
                /**
                 * @description Day count. Label, or code: 360 360 days, 364 364 days, 365 365 days, 1 Actual
                 * @example 360 days
                 * @enum {string|integer}
                 */
                readonly daysInYearType?: "360 days" | "364 days" | "365 days" | "Actual" | 360 | 364 | 365 | 1;
                /**
                 * @description Day count. Label, or code: 30 30 days, 1 Actual
                 * @example 30 days
                 * @enum {string|integer}
                 */
                readonly daysInMonthType?: "30 days" | "Actual" | 30 | 1;
                /**
                 * @description Installments at the start without principal
                 * @example 0
                 */
                readonly graceOnPrincipalPayment?: number;
                /**
                 * @description Installments at the start whose interest is collected later
                 * @example 0
                 */
                readonly graceOnInterestPayment?: number;
                /**
                 * @description Installments at the start free of interest
                 * @example 0
                 */
                readonly graceOnInterestCharged?: number;
                /**
                 * @description Days past due before a loan is delinquent
                 * @example 0
                 */
                readonly graceOnArrearsAgeing?: number;
                /**
                 * @description How payments are allocated. Label, or code: 1 mifos-standard-strategy, 2 heavensfamily-strategy, 3 creocore-strategy, 4 rbi-india-strategy, 5 principal-interest-penalties-fees-order-strategy, 6 interest-principal-penalties-fees-order-strategy, 7 early-repayment-strategy, 8 due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy, 9 due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy, 10 advanced-payment-allocation-strategy
                 * @example mifos-standard-strategy
                 * @enum {string|integer}
                 */
                readonly transactionProcessingStrategy?: "mifos-standard-strategy" | "heavensfamily-strategy" | "creocore-strategy" | "rbi-india-strategy" | "principal-interest-penalties-fees-order-strategy" | "interest-principal-penalties-fees-order-strategy" | "early-repayment-strategy" | "due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy" | "due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy" | "advanced-payment-allocation-strategy" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
                /**
                 * @description Computed up front, or anew with every transaction. Label, or code: 1 Cumulative, 2 Progressive
                 * @example Cumulative
                 * @enum {string|integer}
                 */
                readonly scheduleType?: "Cumulative" | "Progressive" | 1 | 2;
                /**
                 * @description Progressive: row by row, or step by step. Label, or code: 1 Horizontal, 2 Vertical
                 * @example Horizontal
                 * @enum {string|integer}
                 */
                readonly scheduleProcessingType?: "Horizontal" | "Vertical" | 1 | 2;
                /**
                 * @description With an agreed installment: when the last two are joined
                 * @example 50
                 */
                readonly principalThresholdForLastInstallment?: number;
                /**
                 * @description Part of each disbursement is due at once
                 * @example false
                 */
                readonly downPaymentEnabled?: boolean;
                /**
                 * @description The down payment is booked with the disbursement
                 * @example false
                 */
                readonly downPaymentAutomatic?: boolean;
                /**
                 * @description Paid out in several tranches
                 * @example false
                 */
                readonly multiDisburse?: boolean;
                /**
                 * @description Tranches are not planned beforehand
                 * @example false
                 */
                readonly disallowExpectedDisbursements?: boolean;
                /**
                 * @description Each installment is classified by itself
                 * @example false
                 */
                readonly installmentLevelDelinquency?: boolean;
                /**
                 * @description Non-performing until nothing is overdue
                 * @example false
                 */
                readonly leavesNonPerformingOnlyWhenArrearsCleared?: boolean;
                /**
                 * @description What the ledger is told. Label, or code: 1 None, 2 Cash, 3 Accrual (periodic)
                 * @example None
                 * @enum {string|integer}
                 */
                readonly accountingMethod?: "None" | "Cash" | "Accrual (periodic)" | 1 | 2 | 3;
                /** @description Advanced allocation only */
                readonly allocationRules?: readonly {
                    /**
                     * @description Which payments it is for. Label, or code: 0 Default, 1 Repayment, 2 Down payment, 3 Merchant issued refund, 4 Payout refund, 5 Goodwill credit, 6 Charge refund, 7 Charge adjustment, 8 Waive interest, 9 Charge payment, 10 Cash refund, 11 Interest payment waiver, 12 Interest refund
                     * @example Default
                     * @enum {string|integer}
                     */
                    readonly transactionType: "Default" | "Repayment" | "Down payment" | "Merchant issued refund" | "Payout refund" | "Goodwill credit" | "Charge refund" | "Charge adjustment" | "Waive interest" | "Charge payment" | "Cash refund" | "Interest payment waiver" | "Interest refund" | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;
                    readonly order: readonly ("Past due penalties" | "Past due fees" | "Past due principal" | "Past due interest" | "Due penalties" | "Due fees" | "Due principal" | "Due interest" | "In advance penalties" | "In advance fees" | "In advance principal" | "In advance interest" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12)[];
                    /**
                     * @description Where money beyond what is due goes. Label, or code: 1 Next installment, 2 Last installment, 3 Reamortization
                     * @example Next installment
                     * @enum {string|integer}
                     */
                    readonly futureInstallments: "Next installment" | "Last installment" | "Reamortization" | 1 | 2 | 3;
                }[];
                /** @description Advanced allocation only */
                readonly creditAllocationRules?: readonly {
                    /**
                     * @description Which transactions it is for. Label, or code: 1 Chargeback
                     * @example Chargeback
                     * @enum {string|integer}
                     */
                    readonly transactionType: "Chargeback" | 1;
                    readonly order: readonly ("Penalties" | "Fees" | "Principal" | "Interest" | 1 | 2 | 3 | 4)[];
                }[];
                /** @description GL code by role; a role left out takes the account of the seeded chart */
                readonly accounts?: {
                    /** @example 1000 */
                    readonly fundSource?: string;
                    /** @example 1000 */
                    readonly loanPortfolio?: string;
                    /** @example 1000 */
                    readonly transfersInSuspense?: string;
                    /** @example 1000 */
                    readonly interestReceivable?: string;
                    /** @example 1000 */
                    readonly feeReceivable?: string;
                    /** @example 1000 */
                    readonly penaltyReceivable?: string;
                    /** @example 1000 */
                    readonly interestIncome?: string;
                    /** @example 1000 */
                    readonly feeIncome?: string;
                    /** @example 1000 */
                    readonly penaltyIncome?: string;
                    /** @example 1000 */
                    readonly recoveryIncome?: string;
                    /** @example 1000 */
                    readonly writeOff?: string;
                    /** @example 1000 */
                    readonly overpayment?: string;
                    /** @example 1000 */
                    readonly goodwillCredit?: string;
                    /** @example 1000 */
                    readonly goodwillInterest?: string;
                    /** @example 1000 */
                    readonly goodwillFee?: string;
                    /** @example 1000 */
                    readonly goodwillPenalty?: string;
                    /** @example 1000 */
                    readonly chargeOffExpense?: string;
                    /** @example 1000 */
                    readonly chargeOffFraudExpense?: string;
                    /** @example 1000 */
                    readonly chargeOffInterest?: string;
                    /** @example 1000 */
                    readonly chargeOffFee?: string;
                    /** @example 1000 */
                    readonly chargeOffPenalty?: string;
                };
                /**
                 * @description GL code of the fund source by short name of a payment type, where it differs
                 * @example {}
                 */
                readonly fundSourceByPaymentType?: {
                    readonly [key: string]: string;
                };
                /**
                 * @description Refunds that bring back the interest on the refunded amount as well
                 * @example []
                 */
                readonly interestRefundFor?: readonly ("Merchant issued refund" | "Payout refund" | 1 | 2)[];
                /**
                 * @description Codes of the fees that each loan begins with, and of its overdue penalties
                 * @example []
                 */
                readonly charges?: readonly string[];
                /**
                 * @description Terms that a loan may choose
                 * @example [
                 *       "numberOfRepayments"
                 *     ]
                 */
                readonly overridableTerms?: readonly string[];
                /**
                 * @description Least principal of a loan
                 * @example 1000
                 */
                readonly minPrincipal?: number;
                /**
                 * @description Largest principal of a loan
                 * @example 5000000
                 */
                readonly maxPrincipal?: number;
                /**
                 * @description Fewest repayments
                 * @example 1
                 */
                readonly minNumberOfRepayments?: number;
                /**
                 * @description Most repayments
                 * @example 36
                 */
                readonly maxNumberOfRepayments?: number;
                /**
                 * @description Lowest rate
                 * @example 0
                 */
                readonly minInterestRatePerPeriod?: number;
                /**
                 * @description Highest rate
                 * @example 10
                 */
                readonly maxInterestRatePerPeriod?: number;
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly offeredFromDate?: string;
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly offeredUntilDate?: string;
                /** @description Interest follows the actual payments */
                readonly interestRecalculation?: {
                    /**
                     * @description When payments begin to count. Label, or code: 1 Same as repayment period, 2 Daily
                     * @example Same as repayment period
                     * @enum {string|integer}
                     */
                    readonly restFrequency: "Same as repayment period" | "Daily" | 1 | 2;
                    /**
                     * @description What an early payment changes. Label, or code: 1 Reschedule next repayments, 2 Reduce number of installments, 3 Reduce installment amount, 4 Adjust last unpaid period
                     * @example Reschedule next repayments
                     * @enum {string|integer}
                     */
                    readonly rescheduleStrategy: "Reschedule next repayments" | "Reduce number of installments" | "Reduce installment amount" | "Adjust last unpaid period" | 1 | 2 | 3 | 4;
                    /**
                     * @description Until when a payoff bears interest. Label, or code: 1 Till pre-close date, 2 Till rest frequency date
                     * @example Till pre-close date
                     * @enum {string|integer}
                     */
                    readonly preCloseRule: "Till pre-close date" | "Till rest frequency date" | 1 | 2;
                    /**
                     * @description What bears interest itself. Label, or code: 0 None, 1 Interest, 2 Fee, 3 Interest and fee
                     * @example None
                     * @enum {string|integer}
                     */
                    readonly compounding: "None" | "Interest" | "Fee" | "Interest and fee" | 0 | 1 | 2 | 3;
                    /** @example 1 */
                    readonly compoundingDay?: number;
                    /**
                     * @description Arrears by the first schedule
                     * @example false
                     */
                    readonly arrearsBasedOnOriginalSchedule?: boolean;
                };
                /**
                 * @description Installments are multiples of so many currency units
                 * @example 1
                 */
                readonly installmentAmountInMultiplesOf?: number;
                /**
                 * @description Length of the loan in units of repaymentFrequencyType
                 * @example 90
                 */
                readonly fixedLength?: number;
                /**
                 * @description Equal principal payments: share of each
                 * @example 5
                 */
                readonly fixedPrincipalPercentagePerInstallment?: number;
                /**
                 * @description Share of a disbursement that is due at once
                 * @example 25
                 */
                readonly downPaymentPercentage?: number;
                /**
                 * @description Most disbursements
                 * @example 10
                 */
                readonly maxTrancheCount?: number;
                /**
                 * @description Largest principal outstanding after a tranche
                 * @example 10000000
                 */
                readonly maxOutstandingBalance?: number;
                /**
                 * @description By how much more may be approved than was applied for
                 * @example 50
                 */
                readonly overAppliedPercentage?: number;
                /**
                 * @description Days in arrears after which a loan is non-performing
                 * @example 90
                 */
                readonly overdueDaysForNonPerforming?: number;
                /**
                 * @description So much may be open, or overpaid, when a loan is closed by hand
                 * @example 100
                 */
                readonly closingTolerance?: number;
                /**
                 * @description Accrued income is stated by transactions of its own
                 * @example false
                 */
                readonly statesAccrualActivity?: boolean;
                /**
                 * @description Days before a due date at which the reminder is raised
                 * @example 1
                 */
                readonly daysBeforeRepaymentIsDue?: number;
                /**
                 * @description Days after a due date at which the overdue event is raised
                 * @example 2
                 */
                readonly daysAfterRepaymentIsOverdue?: number;
                /**
                 * @description Code of a bucket
                 * @example STANDARD
                 */
                readonly delinquencyBucket?: string;
                /** @enum {string} */
                readonly status?: "active" | "inactive";
            }[];
        };
        /**
         * Customer
         * @example {
         *       "id": "7",
         *       "accountNo": "000000007",
         *       "externalId": "CUST-7781",
         *       "officeName": "Head Office",
         *       "firstname": "CUST-7781",
         *       "lastname": "Customer",
         *       "displayName": "CUST-7781 Customer",
         *       "mobileNo": "255713000111",
         *       "submittedDate": "2025-01-15",
         *       "activationDate": "2025-01-15",
         *       "status": "Active",
         *       "active": true,
         *       "officeId": "1"
         *     }
         */
        readonly Customer: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /** @example 000000042 */
            readonly accountNo: string;
            /**
             * @description The caller's own id, 1 to 128 characters of any kind
             * @example CUST-7781
             */
            readonly externalId: string;
            /**
             * @example Active
             * @enum {string}
             */
            readonly status: "Pending" | "Active" | "Closed";
            readonly active: boolean;
            /**
             * @description Opaque id
             * @example 42
             */
            readonly officeId: string;
            /** @example Head Office */
            readonly officeName: string;
            readonly firstname?: string;
            readonly middlename?: string;
            readonly lastname?: string;
            /** @example CUST-7781 Customer */
            readonly displayName: string;
            readonly mobileNo?: string;
            readonly emailAddress?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly dateOfBirth?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly activationDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly submittedDate: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly closedDate?: string;
        };
        /**
         * DelinquencyBucket
         * @example {
         *       "code": "STANDARD",
         *       "name": "Standard",
         *       "ranges": [
         *         {
         *           "code": "DAYS_1_30",
         *           "name": "1 to 30 days past due",
         *           "minDays": 1,
         *           "maxDays": 30
         *         }
         *       ],
         *       "version": 1
         *     }
         */
        readonly DelinquencyBucket: {
            /**
             * @description Letters, digits, _ . -
             * @example STANDARD
             */
            readonly code: string;
            /** @example Standard */
            readonly name: string;
            /** @description Upwards, without overlaps */
            readonly ranges: readonly {
                /**
                 * @description Letters, digits, _ . -
                 * @example DAYS_1_30
                 */
                readonly code: string;
                /** @example 1 to 30 days past due */
                readonly name: string;
                /** @example 1 */
                readonly minDays: number;
                /**
                 * @description Absent: open
                 * @example 30
                 */
                readonly maxDays?: number;
            }[];
            /** @example 1 */
            readonly version: number;
        };
        readonly Error: {
            /** @enum {string} */
            readonly code: "invalid_argument" | "failed_precondition" | "unauthenticated" | "permission_denied" | "not_found" | "aborted" | "resource_exhausted" | "internal" | "unavailable";
            /** @description For `invalid_argument`: a JSON-encoded array of `{"field", "error"}` */
            readonly message: string;
        };
        /**
         * Explanation
         * @example {
         *       "loanId": "42",
         *       "installment": 1,
         *       "component": "interest",
         *       "charged": 76.44,
         *       "chargedFrom": [
         *         {
         *           "kind": "stretch",
         *           "from": "2025-01-15",
         *           "to": "2025-02-15",
         *           "days": 31,
         *           "balance": 5000,
         *           "factor": "0.0152876712329",
         *           "exact": "76.4383561645",
         *           "amount": 76.44
         *         }
         *       ],
         *       "settledBy": [
         *         {
         *           "transactionId": "1002",
         *           "type": "Repayment",
         *           "date": "2025-02-15",
         *           "paid": 76.44,
         *           "waived": 0,
         *           "writtenOff": 0
         *         }
         *       ],
         *       "outstanding": 0
         *     }
         */
        readonly Explanation: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly loanId: string;
            /** @description Explains one component of one installment */
            readonly installment?: number;
            /** @enum {string} */
            readonly component?: "principal" | "interest" | "fees" | "penalties";
            /** @example 250000 */
            readonly charged?: number;
            /** @description Adds up to `charged` */
            readonly chargedFrom?: readonly {
                /**
                 * @description stretch: days at one balance and rate; shareOfTotal: flat interest; carried: put off from or to another installment; recalculated: what payments changed; the others by their names
                 * @enum {string}
                 */
                readonly kind: "stretch" | "shareOfTotal" | "carried" | "recalculated" | "installmentLessInterest" | "shareOfPrincipal" | "downPayment" | "charge" | "credit";
                /** @example 250000 */
                readonly amount: number;
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly from?: string;
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly to?: string;
                readonly days?: number;
                /** @example 250000 */
                readonly balance?: number;
                /** @description Exact, as decimal text */
                readonly factor?: string;
                /** @description Balance x factor before rounding, as decimal text */
                readonly exact?: string;
                /** @example 250000 */
                readonly total?: number;
                readonly rows?: number;
                /** @example 250000 */
                readonly installment?: number;
                /** @example 250000 */
                readonly interest?: number;
                /**
                 * @description Opaque id
                 * @example 42
                 */
                readonly chargeId?: string;
                readonly name?: string;
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly dueDate?: string;
                /**
                 * @description Opaque id
                 * @example 42
                 */
                readonly transactionId?: string;
                readonly type?: string;
            }[];
            readonly settledBy?: readonly {
                /**
                 * @description Opaque id
                 * @example 42
                 */
                readonly transactionId: string;
                readonly type: string;
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly date: string;
                /** @example 250000 */
                readonly paid: number;
                /** @example 250000 */
                readonly waived: number;
                /** @example 250000 */
                readonly writtenOff: number;
            }[];
            /** @example 250000 */
            readonly outstanding?: number;
            /**
             * @description Explains the balance
             * @enum {string}
             */
            readonly balance?: "principal";
            /** @description Every transaction that counts, with the principal outstanding after it */
            readonly steps?: readonly {
                /**
                 * @description Opaque id
                 * @example 42
                 */
                readonly transactionId: string;
                readonly type: string;
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly date: string;
                /** @example 250000 */
                readonly amount: number;
                /** @example 250000 */
                readonly principal: number;
                /** @example 250000 */
                readonly balance: number;
            }[];
        };
        readonly Fault: {
            readonly field: string;
            readonly error: string;
        };
        /**
         * GlAccount
         * @example {
         *       "glCode": "1100",
         *       "name": "Bank charges",
         *       "type": "asset",
         *       "active": true
         *     }
         */
        readonly GlAccount: {
            /** @example 1100 */
            readonly glCode: string;
            /** @example Bank charges */
            readonly name: string;
            /** @enum {string} */
            readonly type: "asset" | "liability" | "equity" | "income" | "expense";
            /**
             * @description Takes entries made by hand
             * @example true
             */
            readonly active: boolean;
        };
        /**
         * GlClosure
         * @example {
         *       "id": "2025-01-31",
         *       "closingDate": "2025-01-31",
         *       "note": "January",
         *       "createdBy": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
         *       "createdAt": "2025-01-31T09:00:00.000Z"
         *     }
         */
        readonly GlClosure: {
            /** @example 2025-01-31 */
            readonly id: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly closingDate: string;
            /** @example January */
            readonly note?: string;
            /** Format: uuid */
            readonly createdBy: string;
            /** Format: date-time */
            readonly createdAt: string;
        };
        /**
         * Import
         * @example {
         *       "imported": 1998,
         *       "skipped": 0,
         *       "customersMade": 12,
         *       "refused": [
         *         {
         *           "line": 3,
         *           "externalId": "LOAN-0003",
         *           "code": "invalid_argument",
         *           "message": "principal: must be between 1000.00 and 5000000.00 for this product"
         *         }
         *       ]
         *     }
         */
        readonly Import: {
            /** @description Lines that are in the book now; with dryRun: that could be */
            readonly imported: number;
            /** @description Lines that were in the book already */
            readonly skipped: number;
            readonly customersMade: number;
            /** @description Lines that are not in the book, and why */
            readonly refused: readonly {
                /**
                 * @description Number within the call, from 1
                 * @example 3
                 */
                readonly line: number;
                /**
                 * @description The caller's own id, 1 to 128 characters of any kind
                 * @example CUST-7781
                 */
                readonly externalId?: string;
                /** @example invalid_argument */
                readonly code: string;
                /** @example principal: must be at least 1000.00 for this product */
                readonly message: string;
            }[];
        };
        /**
         * JournalEntry
         * @example {
         *       "id": "42-1",
         *       "date": "2025-01-31",
         *       "origin": "loan",
         *       "loanId": "42",
         *       "loanExternalId": "LOAN-7781",
         *       "transactionId": "1001",
         *       "transactionType": "Disbursement",
         *       "lines": [
         *         {
         *           "glCode": "1100",
         *           "name": "Loan portfolio",
         *           "debit": 250000
         *         },
         *         {
         *           "glCode": "1000",
         *           "name": "Cash and mobile money",
         *           "credit": 250000
         *         }
         *       ],
         *       "recordedAt": "2025-01-31T09:00:00.000Z"
         *     }
         */
        readonly JournalEntry: {
            /** @description Opaque id */
            readonly id: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly date: string;
            /** @enum {string} */
            readonly origin: "loan" | "manual";
            /**
             * @description Opaque id
             * @example 42
             */
            readonly loanId?: string;
            readonly loanExternalId?: string;
            /**
             * @description Opaque id
             * @example 42
             */
            readonly transactionId?: string;
            readonly transactionType?: string;
            /** @description Why it was made by hand */
            readonly reason?: string;
            /** @description The account that made it by hand */
            readonly createdBy?: string;
            /** @description The entry that it takes back */
            readonly reverses?: string;
            /** @description The entry that takes it back */
            readonly reversedBy?: string;
            /** @description One per account and side, debits first */
            readonly lines: readonly {
                /** @example 1100 */
                readonly glCode: string;
                /** @example Loan portfolio */
                readonly name: string;
                /** @example 250000 */
                readonly debit?: number;
                /** @example 250000 */
                readonly credit?: number;
            }[];
            /** Format: date-time */
            readonly recordedAt: string;
        };
        /**
         * ListedLoan
         * @example {
         *       "id": "42",
         *       "accountNo": "000000042",
         *       "externalId": "LOAN-2025-0042",
         *       "customerId": "7",
         *       "customerExternalId": "CUST-7781",
         *       "customerName": "CUST-7781 Customer",
         *       "loanProductId": "2",
         *       "loanProductName": "Term loan, 12 months",
         *       "status": "Active",
         *       "principal": 600000,
         *       "currencyCode": "TZS",
         *       "termFrequency": 12,
         *       "termFrequencyType": "Months",
         *       "numberOfRepayments": 12,
         *       "repaymentEvery": 1,
         *       "repaymentFrequencyType": "Months",
         *       "interestRatePerPeriod": 2,
         *       "interestRateFrequencyType": "Per month",
         *       "submittedDate": "2025-01-15",
         *       "expectedDisbursementDate": "2025-01-15",
         *       "chargedOff": false,
         *       "principalDisbursed": 600000,
         *       "principalPaid": 44735.76,
         *       "principalWrittenOff": 0,
         *       "principalOutstanding": 555264.24,
         *       "principalOverdue": 0,
         *       "interestCharged": 80829.1,
         *       "interestPaid": 15264.24,
         *       "interestWaived": 0,
         *       "interestWrittenOff": 0,
         *       "interestOutstanding": 65564.86,
         *       "interestOverdue": 0,
         *       "feesCharged": 0,
         *       "feesPaid": 0,
         *       "feesWaived": 0,
         *       "feesWrittenOff": 0,
         *       "feesOutstanding": 0,
         *       "feesOverdue": 0,
         *       "penaltiesCharged": 0,
         *       "penaltiesPaid": 0,
         *       "penaltiesWaived": 0,
         *       "penaltiesWrittenOff": 0,
         *       "penaltiesOutstanding": 0,
         *       "penaltiesOverdue": 0,
         *       "totalRepayment": 60000,
         *       "totalOverdue": 0,
         *       "totalOverpaid": 0,
         *       "totalOutstanding": 620829.1,
         *       "daysPastDue": 0,
         *       "nonPerforming": false,
         *       "approvedPrincipal": 600000,
         *       "approvedDate": "2025-01-15",
         *       "disbursedDate": "2025-01-15",
         *       "maturityDate": "2026-01-15",
         *       "nextDueDate": "2025-03-15",
         *       "nextDueAmount": 53471.52
         *     }
         */
        readonly ListedLoan: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /** @example 000000042 */
            readonly accountNo: string;
            readonly externalId?: string;
            /**
             * @description Opaque id
             * @example 42
             */
            readonly customerId: string;
            readonly customerExternalId: string;
            readonly customerName: string;
            /**
             * @description Opaque id
             * @example 42
             */
            readonly loanProductId: string;
            /** @example Term loan, 12 months */
            readonly loanProductName: string;
            /**
             * @example Active
             * @enum {string}
             */
            readonly status: "Submitted and pending approval" | "Approved" | "Active" | "Closed (obligations met)" | "Closed (written off)" | "Overpaid" | "Rejected" | "Withdrawn by applicant";
            /** @example 250000 */
            readonly principal: number;
            /** @example 250000 */
            readonly approvedPrincipal?: number;
            /** @example TZS */
            readonly currencyCode: string;
            /** @example 12 */
            readonly termFrequency: number;
            /**
             * @example Days
             * @enum {string}
             */
            readonly termFrequencyType: "Days" | "Weeks" | "Months" | "Years";
            /** @example 12 */
            readonly numberOfRepayments: number;
            /** @example 1 */
            readonly repaymentEvery: number;
            /**
             * @example Days
             * @enum {string}
             */
            readonly repaymentFrequencyType: "Days" | "Weeks" | "Months" | "Years";
            /** @example 2 */
            readonly interestRatePerPeriod: number;
            /**
             * @example Per day
             * @enum {string}
             */
            readonly interestRateFrequencyType: "Per day" | "Per week" | "Per month" | "Per year" | "Whole term";
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly submittedDate: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly approvedDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly expectedDisbursementDate: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly disbursedDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly maturityDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly closedDate?: string;
            readonly chargedOff: boolean;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly chargedOffDate?: string;
            /** @example 250000 */
            readonly principalDisbursed: number;
            /** @example 250000 */
            readonly principalPaid: number;
            /** @example 250000 */
            readonly principalWrittenOff: number;
            /** @example 250000 */
            readonly principalOutstanding: number;
            /** @example 250000 */
            readonly principalOverdue: number;
            /** @example 250000 */
            readonly interestCharged: number;
            /** @example 250000 */
            readonly interestPaid: number;
            /** @example 250000 */
            readonly interestWaived: number;
            /** @example 250000 */
            readonly interestWrittenOff: number;
            /** @example 250000 */
            readonly interestOutstanding: number;
            /** @example 250000 */
            readonly interestOverdue: number;
            /** @example 250000 */
            readonly feesCharged: number;
            /** @example 250000 */
            readonly feesPaid: number;
            /** @example 250000 */
            readonly feesWaived: number;
            /** @example 250000 */
            readonly feesWrittenOff: number;
            /** @example 250000 */
            readonly feesOutstanding: number;
            /** @example 250000 */
            readonly feesOverdue: number;
            /** @example 250000 */
            readonly penaltiesCharged: number;
            /** @example 250000 */
            readonly penaltiesPaid: number;
            /** @example 250000 */
            readonly penaltiesWaived: number;
            /** @example 250000 */
            readonly penaltiesWrittenOff: number;
            /** @example 250000 */
            readonly penaltiesOutstanding: number;
            /** @example 250000 */
            readonly penaltiesOverdue: number;
            /** @example 250000 */
            readonly totalRepayment: number;
            /** @example 250000 */
            readonly totalOverdue: number;
            /** @example 250000 */
            readonly totalOverpaid: number;
            /** @example 250000 */
            readonly totalOutstanding: number;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly nextDueDate?: string;
            /** @example 250000 */
            readonly nextDueAmount?: number;
            /** @example 0 */
            readonly daysPastDue: number;
            /**
             * @description Code of the range of days past due that it is in
             * @example DAYS_1_30
             */
            readonly delinquencyRange?: string;
            /** @example false */
            readonly nonPerforming: boolean;
        };
        /**
         * Loan
         * @example {
         *       "id": "42",
         *       "accountNo": "000000042",
         *       "externalId": "LOAN-2025-0042",
         *       "customerId": "7",
         *       "customerExternalId": "CUST-7781",
         *       "customerName": "CUST-7781 Customer",
         *       "loanProductId": "2",
         *       "loanProductName": "Term loan, 12 months",
         *       "status": "Active",
         *       "principal": 600000,
         *       "currencyCode": "TZS",
         *       "termFrequency": 12,
         *       "termFrequencyType": "Months",
         *       "numberOfRepayments": 12,
         *       "repaymentEvery": 1,
         *       "repaymentFrequencyType": "Months",
         *       "interestRatePerPeriod": 2,
         *       "interestRateFrequencyType": "Per month",
         *       "submittedDate": "2025-01-15",
         *       "expectedDisbursementDate": "2025-01-15",
         *       "chargedOff": false,
         *       "principalDisbursed": 600000,
         *       "principalPaid": 44735.76,
         *       "principalWrittenOff": 0,
         *       "principalOutstanding": 555264.24,
         *       "principalOverdue": 0,
         *       "interestCharged": 80829.1,
         *       "interestPaid": 15264.24,
         *       "interestWaived": 0,
         *       "interestWrittenOff": 0,
         *       "interestOutstanding": 65564.86,
         *       "interestOverdue": 0,
         *       "feesCharged": 0,
         *       "feesPaid": 0,
         *       "feesWaived": 0,
         *       "feesWrittenOff": 0,
         *       "feesOutstanding": 0,
         *       "feesOverdue": 0,
         *       "penaltiesCharged": 0,
         *       "penaltiesPaid": 0,
         *       "penaltiesWaived": 0,
         *       "penaltiesWrittenOff": 0,
         *       "penaltiesOutstanding": 0,
         *       "penaltiesOverdue": 0,
         *       "totalRepayment": 60000,
         *       "totalOverdue": 0,
         *       "totalOverpaid": 0,
         *       "totalOutstanding": 620829.1,
         *       "daysPastDue": 0,
         *       "nonPerforming": false,
         *       "approvedPrincipal": 600000,
         *       "approvedDate": "2025-01-15",
         *       "disbursedDate": "2025-01-15",
         *       "maturityDate": "2026-01-15",
         *       "nextDueDate": "2025-03-15",
         *       "nextDueAmount": 53471.52,
         *       "repaymentSchedule": [
         *         {
         *           "period": 0,
         *           "dueDate": "2025-01-15",
         *           "principalDue": 0,
         *           "interestDue": 0,
         *           "feesDue": 0,
         *           "penaltiesDue": 0,
         *           "totalDue": 0,
         *           "principalPaid": 0,
         *           "interestPaid": 0,
         *           "feesPaid": 0,
         *           "penaltiesPaid": 0,
         *           "totalPaid": 0,
         *           "paidInAdvance": 0,
         *           "paidLate": 0,
         *           "totalOutstanding": 0,
         *           "principalBalance": 600000,
         *           "complete": true,
         *           "principalDisbursed": 600000
         *         },
         *         {
         *           "period": 1,
         *           "dueDate": "2025-02-15",
         *           "principalDue": 44735.76,
         *           "interestDue": 12000,
         *           "feesDue": 0,
         *           "penaltiesDue": 0,
         *           "totalDue": 56735.76,
         *           "principalPaid": 44735.76,
         *           "interestPaid": 12000,
         *           "feesPaid": 0,
         *           "penaltiesPaid": 0,
         *           "totalPaid": 56735.76,
         *           "paidInAdvance": 0,
         *           "paidLate": 0,
         *           "totalOutstanding": 0,
         *           "principalBalance": 555264.24,
         *           "complete": true,
         *           "fromDate": "2025-01-15",
         *           "days": 31,
         *           "paidDate": "2025-02-15"
         *         },
         *         {
         *           "period": 2,
         *           "dueDate": "2025-03-15",
         *           "principalDue": 45630.48,
         *           "interestDue": 11105.28,
         *           "feesDue": 0,
         *           "penaltiesDue": 0,
         *           "totalDue": 56735.76,
         *           "principalPaid": 0,
         *           "interestPaid": 3264.24,
         *           "feesPaid": 0,
         *           "penaltiesPaid": 0,
         *           "totalPaid": 3264.24,
         *           "paidInAdvance": 3264.24,
         *           "paidLate": 0,
         *           "totalOutstanding": 53471.52,
         *           "principalBalance": 509633.76,
         *           "complete": false,
         *           "fromDate": "2025-02-15",
         *           "days": 28
         *         }
         *       ],
         *       "repaymentHistory": [
         *         {
         *           "id": "108",
         *           "loanId": "42",
         *           "type": "Repayment",
         *           "date": "2025-02-15",
         *           "amount": 60000,
         *           "status": "posted",
         *           "reversed": false,
         *           "principal": 44735.76,
         *           "interest": 15264.24,
         *           "receiptNumber": "R-1001"
         *         }
         *       ]
         *     }
         */
        readonly Loan: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /** @example 000000042 */
            readonly accountNo: string;
            readonly externalId?: string;
            /**
             * @description Opaque id
             * @example 42
             */
            readonly customerId: string;
            readonly customerExternalId: string;
            readonly customerName: string;
            /**
             * @description Opaque id
             * @example 42
             */
            readonly loanProductId: string;
            /** @example Term loan, 12 months */
            readonly loanProductName: string;
            /**
             * @example Active
             * @enum {string}
             */
            readonly status: "Submitted and pending approval" | "Approved" | "Active" | "Closed (obligations met)" | "Closed (written off)" | "Overpaid" | "Rejected" | "Withdrawn by applicant";
            /** @example 250000 */
            readonly principal: number;
            /** @example 250000 */
            readonly approvedPrincipal?: number;
            /** @example TZS */
            readonly currencyCode: string;
            /** @example 12 */
            readonly termFrequency: number;
            /**
             * @example Days
             * @enum {string}
             */
            readonly termFrequencyType: "Days" | "Weeks" | "Months" | "Years";
            /** @example 12 */
            readonly numberOfRepayments: number;
            /** @example 1 */
            readonly repaymentEvery: number;
            /**
             * @example Days
             * @enum {string}
             */
            readonly repaymentFrequencyType: "Days" | "Weeks" | "Months" | "Years";
            /** @example 2 */
            readonly interestRatePerPeriod: number;
            /**
             * @example Per day
             * @enum {string}
             */
            readonly interestRateFrequencyType: "Per day" | "Per week" | "Per month" | "Per year" | "Whole term";
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly submittedDate: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly approvedDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly expectedDisbursementDate: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly disbursedDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly maturityDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly closedDate?: string;
            readonly chargedOff: boolean;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly chargedOffDate?: string;
            /** @example 250000 */
            readonly principalDisbursed: number;
            /** @example 250000 */
            readonly principalPaid: number;
            /** @example 250000 */
            readonly principalWrittenOff: number;
            /** @example 250000 */
            readonly principalOutstanding: number;
            /** @example 250000 */
            readonly principalOverdue: number;
            /** @example 250000 */
            readonly interestCharged: number;
            /** @example 250000 */
            readonly interestPaid: number;
            /** @example 250000 */
            readonly interestWaived: number;
            /** @example 250000 */
            readonly interestWrittenOff: number;
            /** @example 250000 */
            readonly interestOutstanding: number;
            /** @example 250000 */
            readonly interestOverdue: number;
            /** @example 250000 */
            readonly feesCharged: number;
            /** @example 250000 */
            readonly feesPaid: number;
            /** @example 250000 */
            readonly feesWaived: number;
            /** @example 250000 */
            readonly feesWrittenOff: number;
            /** @example 250000 */
            readonly feesOutstanding: number;
            /** @example 250000 */
            readonly feesOverdue: number;
            /** @example 250000 */
            readonly penaltiesCharged: number;
            /** @example 250000 */
            readonly penaltiesPaid: number;
            /** @example 250000 */
            readonly penaltiesWaived: number;
            /** @example 250000 */
            readonly penaltiesWrittenOff: number;
            /** @example 250000 */
            readonly penaltiesOutstanding: number;
            /** @example 250000 */
            readonly penaltiesOverdue: number;
            /** @example 250000 */
            readonly totalRepayment: number;
            /** @example 250000 */
            readonly totalOverdue: number;
            /** @example 250000 */
            readonly totalOverpaid: number;
            /** @example 250000 */
            readonly totalOutstanding: number;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly nextDueDate?: string;
            /** @example 250000 */
            readonly nextDueAmount?: number;
            /** @example 0 */
            readonly daysPastDue: number;
            /**
             * @description Code of the range of days past due that it is in
             * @example DAYS_1_30
             */
            readonly delinquencyRange?: string;
            /** @example false */
            readonly nonPerforming: boolean;
            /**
             * @description What the loan costs in a year, in percent
             * @example 26.82
             */
            readonly annualPercentageRate?: number;
            readonly repaymentSchedule: readonly components["schemas"]["ScheduleRow"][];
            readonly repaymentHistory: readonly components["schemas"]["Repayment"][];
        };
        /**
         * LoanCharge
         * @example {
         *       "id": "1",
         *       "loanId": "42",
         *       "code": "LATE_FEE",
         *       "name": "Late fee",
         *       "penalty": true,
         *       "chargeTimeType": "Disbursement",
         *       "chargeCalculationType": "Flat",
         *       "amountOrPercentage": 1.5,
         *       "dueDate": "2025-01-31",
         *       "submittedDate": "2025-01-31",
         *       "installment": 1,
         *       "amount": 250000,
         *       "amountPaid": 250000,
         *       "amountWaived": 250000,
         *       "amountWrittenOff": 250000,
         *       "amountOutstanding": 250000,
         *       "waived": true,
         *       "transactionId": "42"
         *     }
         */
        readonly LoanCharge: {
            /**
             * @description Number within the loan
             * @example 1
             */
            readonly id: string;
            /**
             * @description Opaque id
             * @example 42
             */
            readonly loanId: string;
            /** @example LATE_FEE */
            readonly code: string;
            /** @example Late fee */
            readonly name: string;
            readonly penalty: boolean;
            /**
             * @example Disbursement
             * @enum {string}
             */
            readonly chargeTimeType: "Disbursement" | "Specified due date" | "Installment fee" | "Overdue installment" | "Tranche disbursement";
            /**
             * @example Flat
             * @enum {string}
             */
            readonly chargeCalculationType: "Flat" | "% of amount" | "% of amount and interest" | "% of interest" | "% of disbursement";
            /**
             * @description An amount when flat, else percent
             * @example 1.5
             */
            readonly amountOrPercentage: number;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly dueDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly submittedDate: string;
            /** @description The overdue installment it was raised for */
            readonly installment?: number;
            /** @example 250000 */
            readonly amount: number;
            /** @example 250000 */
            readonly amountPaid: number;
            /** @example 250000 */
            readonly amountWaived: number;
            /** @example 250000 */
            readonly amountWrittenOff: number;
            /** @example 250000 */
            readonly amountOutstanding: number;
            readonly waived: boolean;
            /**
             * @description What the call booked
             * @example 42
             */
            readonly transactionId?: string;
        };
        /**
         * LoanDelinquency
         * @example {
         *       "range": "DAYS_1_30",
         *       "overdueAmount": 250000,
         *       "overdueSince": "2025-01-31",
         *       "daysPastDue": 5,
         *       "delinquentSince": "2025-01-31",
         *       "delinquentDays": 2,
         *       "nonPerforming": true,
         *       "arrears": {
         *         "principal": 250000,
         *         "interest": 250000,
         *         "fees": 250000,
         *         "penalties": 250000
         *       },
         *       "arrearsSince": "2025-01-31",
         *       "installments": [
         *         {
         *           "range": "DAYS_1_30",
         *           "amount": 250000
         *         }
         *       ],
         *       "pauses": [
         *         {
         *           "startDate": "2025-01-31",
         *           "endDate": "2025-01-31",
         *           "active": true
         *         }
         *       ],
         *       "history": [
         *         {
         *           "range": "DAYS_1_30",
         *           "addedOn": "2025-01-31",
         *           "liftedOn": "2025-01-31"
         *         }
         *       ]
         *     }
         */
        readonly LoanDelinquency: {
            /**
             * @description As it was last classified; absent: in none
             * @example DAYS_1_30
             */
            readonly range?: string;
            /** @example 250000 */
            readonly overdueAmount: number;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly overdueSince?: string;
            /** @example 5 */
            readonly daysPastDue: number;
            /**
             * Format: date
             * @description Overdue since, and the days of grace
             * @example 2025-01-31
             */
            readonly delinquentSince?: string;
            /**
             * @description Days past due less grace and pauses
             * @example 2
             */
            readonly delinquentDays: number;
            readonly nonPerforming: boolean;
            readonly arrears: {
                /** @example 250000 */
                readonly principal: number;
                /** @example 250000 */
                readonly interest: number;
                /** @example 250000 */
                readonly fees: number;
                /** @example 250000 */
                readonly penalties: number;
            };
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly arrearsSince?: string;
            /** @description Of products with delinquency by installment: overdue amounts by range */
            readonly installments: readonly {
                /** @example DAYS_1_30 */
                readonly range: string;
                /** @example 250000 */
                readonly amount: number;
            }[];
            readonly pauses: readonly {
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly startDate: string;
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly endDate: string;
                /** @description Whether the business date lies in it */
                readonly active: boolean;
            }[];
            /** @description Ranges that it was in, the latest first */
            readonly history: readonly {
                /** @example DAYS_1_30 */
                readonly range: string;
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly addedOn: string;
                /**
                 * Format: date
                 * @example 2025-01-31
                 */
                readonly liftedOn?: string;
            }[];
        };
        /**
         * LoanPreview
         * @example {
         *       "loanProductId": "2",
         *       "loanProductName": "Term loan, 12 months",
         *       "status": "Active",
         *       "principal": 600000,
         *       "currencyCode": "TZS",
         *       "termFrequency": 12,
         *       "termFrequencyType": "Months",
         *       "numberOfRepayments": 12,
         *       "repaymentEvery": 1,
         *       "repaymentFrequencyType": "Months",
         *       "interestRatePerPeriod": 2,
         *       "interestRateFrequencyType": "Per month",
         *       "submittedDate": "2025-02-15",
         *       "expectedDisbursementDate": "2025-02-15",
         *       "chargedOff": false,
         *       "principalDisbursed": 600000,
         *       "principalPaid": 0,
         *       "principalWrittenOff": 0,
         *       "principalOutstanding": 600000,
         *       "principalOverdue": 0,
         *       "interestCharged": 80829.1,
         *       "interestPaid": 0,
         *       "interestWaived": 0,
         *       "interestWrittenOff": 0,
         *       "interestOutstanding": 80829.1,
         *       "interestOverdue": 0,
         *       "feesCharged": 0,
         *       "feesPaid": 0,
         *       "feesWaived": 0,
         *       "feesWrittenOff": 0,
         *       "feesOutstanding": 0,
         *       "feesOverdue": 0,
         *       "penaltiesCharged": 0,
         *       "penaltiesPaid": 0,
         *       "penaltiesWaived": 0,
         *       "penaltiesWrittenOff": 0,
         *       "penaltiesOutstanding": 0,
         *       "penaltiesOverdue": 0,
         *       "totalRepayment": 0,
         *       "totalOverdue": 0,
         *       "totalOverpaid": 0,
         *       "totalOutstanding": 680829.1,
         *       "daysPastDue": 0,
         *       "nonPerforming": false,
         *       "approvedPrincipal": 600000,
         *       "approvedDate": "2025-02-15",
         *       "disbursedDate": "2025-02-15",
         *       "maturityDate": "2026-02-15",
         *       "nextDueDate": "2025-03-15",
         *       "nextDueAmount": 56735.76,
         *       "annualPercentageRate": 24,
         *       "repaymentSchedule": [
         *         {
         *           "period": 0,
         *           "dueDate": "2025-02-15",
         *           "principalDue": 0,
         *           "interestDue": 0,
         *           "feesDue": 0,
         *           "penaltiesDue": 0,
         *           "totalDue": 0,
         *           "principalPaid": 0,
         *           "interestPaid": 0,
         *           "feesPaid": 0,
         *           "penaltiesPaid": 0,
         *           "totalPaid": 0,
         *           "paidInAdvance": 0,
         *           "paidLate": 0,
         *           "totalOutstanding": 0,
         *           "principalBalance": 600000,
         *           "complete": true,
         *           "principalDisbursed": 600000
         *         },
         *         {
         *           "period": 1,
         *           "dueDate": "2025-03-15",
         *           "principalDue": 44735.76,
         *           "interestDue": 12000,
         *           "feesDue": 0,
         *           "penaltiesDue": 0,
         *           "totalDue": 56735.76,
         *           "principalPaid": 0,
         *           "interestPaid": 0,
         *           "feesPaid": 0,
         *           "penaltiesPaid": 0,
         *           "totalPaid": 0,
         *           "paidInAdvance": 0,
         *           "paidLate": 0,
         *           "totalOutstanding": 56735.76,
         *           "principalBalance": 555264.24,
         *           "complete": false,
         *           "fromDate": "2025-02-15",
         *           "days": 28
         *         },
         *         {
         *           "period": 2,
         *           "dueDate": "2025-04-15",
         *           "principalDue": 45630.48,
         *           "interestDue": 11105.28,
         *           "feesDue": 0,
         *           "penaltiesDue": 0,
         *           "totalDue": 56735.76,
         *           "principalPaid": 0,
         *           "interestPaid": 0,
         *           "feesPaid": 0,
         *           "penaltiesPaid": 0,
         *           "totalPaid": 0,
         *           "paidInAdvance": 0,
         *           "paidLate": 0,
         *           "totalOutstanding": 56735.76,
         *           "principalBalance": 509633.76,
         *           "complete": false,
         *           "fromDate": "2025-03-15",
         *           "days": 31
         *         }
         *       ]
         *     }
         */
        readonly LoanPreview: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly loanProductId: string;
            /** @example Term loan, 12 months */
            readonly loanProductName: string;
            /**
             * @example Active
             * @enum {string}
             */
            readonly status: "Submitted and pending approval" | "Approved" | "Active" | "Closed (obligations met)" | "Closed (written off)" | "Overpaid" | "Rejected" | "Withdrawn by applicant";
            /** @example 250000 */
            readonly principal: number;
            /** @example 250000 */
            readonly approvedPrincipal?: number;
            /** @example TZS */
            readonly currencyCode: string;
            /** @example 12 */
            readonly termFrequency: number;
            /**
             * @example Days
             * @enum {string}
             */
            readonly termFrequencyType: "Days" | "Weeks" | "Months" | "Years";
            /** @example 12 */
            readonly numberOfRepayments: number;
            /** @example 1 */
            readonly repaymentEvery: number;
            /**
             * @example Days
             * @enum {string}
             */
            readonly repaymentFrequencyType: "Days" | "Weeks" | "Months" | "Years";
            /** @example 2 */
            readonly interestRatePerPeriod: number;
            /**
             * @example Per day
             * @enum {string}
             */
            readonly interestRateFrequencyType: "Per day" | "Per week" | "Per month" | "Per year" | "Whole term";
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly submittedDate: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly approvedDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly expectedDisbursementDate: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly disbursedDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly maturityDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly closedDate?: string;
            readonly chargedOff: boolean;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly chargedOffDate?: string;
            /** @example 250000 */
            readonly principalDisbursed: number;
            /** @example 250000 */
            readonly principalPaid: number;
            /** @example 250000 */
            readonly principalWrittenOff: number;
            /** @example 250000 */
            readonly principalOutstanding: number;
            /** @example 250000 */
            readonly principalOverdue: number;
            /** @example 250000 */
            readonly interestCharged: number;
            /** @example 250000 */
            readonly interestPaid: number;
            /** @example 250000 */
            readonly interestWaived: number;
            /** @example 250000 */
            readonly interestWrittenOff: number;
            /** @example 250000 */
            readonly interestOutstanding: number;
            /** @example 250000 */
            readonly interestOverdue: number;
            /** @example 250000 */
            readonly feesCharged: number;
            /** @example 250000 */
            readonly feesPaid: number;
            /** @example 250000 */
            readonly feesWaived: number;
            /** @example 250000 */
            readonly feesWrittenOff: number;
            /** @example 250000 */
            readonly feesOutstanding: number;
            /** @example 250000 */
            readonly feesOverdue: number;
            /** @example 250000 */
            readonly penaltiesCharged: number;
            /** @example 250000 */
            readonly penaltiesPaid: number;
            /** @example 250000 */
            readonly penaltiesWaived: number;
            /** @example 250000 */
            readonly penaltiesWrittenOff: number;
            /** @example 250000 */
            readonly penaltiesOutstanding: number;
            /** @example 250000 */
            readonly penaltiesOverdue: number;
            /** @example 250000 */
            readonly totalRepayment: number;
            /** @example 250000 */
            readonly totalOverdue: number;
            /** @example 250000 */
            readonly totalOverpaid: number;
            /** @example 250000 */
            readonly totalOutstanding: number;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly nextDueDate?: string;
            /** @example 250000 */
            readonly nextDueAmount?: number;
            /** @example 0 */
            readonly daysPastDue: number;
            /**
             * @description Code of the range of days past due that it is in
             * @example DAYS_1_30
             */
            readonly delinquencyRange?: string;
            /** @example false */
            readonly nonPerforming: boolean;
            /**
             * @description What the loan costs in a year, in percent
             * @example 26.82
             */
            readonly annualPercentageRate?: number;
            readonly repaymentSchedule: readonly components["schemas"]["ScheduleRow"][];
        };
        /**
         * LoanProduct
         * @example {
         *       "id": "42",
         *       "status": "active",
         *       "version": 1,
         *       "name": "Term loan, 12 months",
         *       "shortName": "TL12",
         *       "principal": 1200000,
         *       "numberOfRepayments": 12,
         *       "repaymentEvery": 1,
         *       "repaymentFrequencyType": "Days",
         *       "interestRatePerPeriod": 2,
         *       "interestRateFrequencyType": "Per day",
         *       "description": "Paid back in equal monthly installments",
         *       "currencyCode": "TZS",
         *       "currencyDecimals": 2,
         *       "currencyInMultiplesOf": 0,
         *       "repaymentStartDateType": "Disbursement date",
         *       "amortizationType": "Equal principal payments",
         *       "interestType": "Declining Balance",
         *       "interestCalculationPeriodType": "Daily",
         *       "allowPartialPeriodInterest": false,
         *       "daysInYearType": "360 days",
         *       "daysInMonthType": "30 days",
         *       "graceOnPrincipalPayment": 0,
         *       "graceOnInterestPayment": 0,
         *       "graceOnInterestCharged": 0,
         *       "graceOnArrearsAgeing": 0,
         *       "transactionProcessingStrategy": "mifos-standard-strategy",
         *       "scheduleType": "Cumulative",
         *       "scheduleProcessingType": "Horizontal",
         *       "principalThresholdForLastInstallment": 50,
         *       "downPaymentEnabled": false,
         *       "downPaymentAutomatic": false,
         *       "multiDisburse": false,
         *       "disallowExpectedDisbursements": false,
         *       "installmentLevelDelinquency": false,
         *       "leavesNonPerformingOnlyWhenArrearsCleared": false,
         *       "accountingMethod": "None",
         *       "allocationRules": [
         *         {
         *           "transactionType": "Default",
         *           "order": [
         *             "Past due penalties",
         *             "Past due fees",
         *             "Past due principal",
         *             "Past due interest",
         *             "Due penalties",
         *             "Due fees",
         *             "Due principal",
         *             "Due interest",
         *             "In advance penalties",
         *             "In advance fees",
         *             "In advance principal",
         *             "In advance interest"
         *           ],
         *           "futureInstallments": "Next installment"
         *         }
         *       ],
         *       "creditAllocationRules": [
         *         {
         *           "transactionType": "Chargeback",
         *           "order": [
         *             "Penalties",
         *             "Fees",
         *             "Principal",
         *             "Interest"
         *           ]
         *         }
         *       ],
         *       "accounts": {
         *         "fundSource": "1000",
         *         "loanPortfolio": "1000",
         *         "transfersInSuspense": "1000",
         *         "interestReceivable": "1000",
         *         "feeReceivable": "1000",
         *         "penaltyReceivable": "1000",
         *         "interestIncome": "1000",
         *         "feeIncome": "1000",
         *         "penaltyIncome": "1000",
         *         "recoveryIncome": "1000",
         *         "writeOff": "1000",
         *         "overpayment": "1000",
         *         "goodwillCredit": "1000",
         *         "goodwillInterest": "1000",
         *         "goodwillFee": "1000",
         *         "goodwillPenalty": "1000",
         *         "chargeOffExpense": "1000",
         *         "chargeOffFraudExpense": "1000",
         *         "chargeOffInterest": "1000",
         *         "chargeOffFee": "1000",
         *         "chargeOffPenalty": "1000"
         *       },
         *       "fundSourceByPaymentType": {},
         *       "interestRefundFor": [],
         *       "charges": [],
         *       "overridableTerms": [
         *         "numberOfRepayments"
         *       ],
         *       "minPrincipal": 1000,
         *       "maxPrincipal": 5000000,
         *       "minNumberOfRepayments": 1,
         *       "maxNumberOfRepayments": 36,
         *       "minInterestRatePerPeriod": 0,
         *       "maxInterestRatePerPeriod": 10,
         *       "offeredFromDate": "2025-01-31",
         *       "offeredUntilDate": "2025-01-31",
         *       "interestRecalculation": {
         *         "restFrequency": "Same as repayment period",
         *         "rescheduleStrategy": "Reschedule next repayments",
         *         "preCloseRule": "Till pre-close date",
         *         "compounding": "None",
         *         "compoundingDay": 1,
         *         "arrearsBasedOnOriginalSchedule": false
         *       },
         *       "installmentAmountInMultiplesOf": 1,
         *       "fixedLength": 90,
         *       "fixedPrincipalPercentagePerInstallment": 5,
         *       "downPaymentPercentage": 25,
         *       "maxTrancheCount": 10,
         *       "maxOutstandingBalance": 10000000,
         *       "overAppliedPercentage": 50,
         *       "overdueDaysForNonPerforming": 90,
         *       "closingTolerance": 100,
         *       "statesAccrualActivity": false,
         *       "daysBeforeRepaymentIsDue": 1,
         *       "daysAfterRepaymentIsOverdue": 2,
         *       "delinquencyBucket": "STANDARD",
         *       "delinquencyRanges": [
         *         {
         *           "code": "DAYS_1_30",
         *           "name": "1 to 30 days past due",
         *           "minDays": 1,
         *           "maxDays": 30
         *         }
         *       ]
         *     }
         */
        readonly LoanProduct: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /** @enum {string} */
            readonly status: "active" | "inactive";
            /**
             * @description Grows with every change of the terms
             * @example 1
             */
            readonly version: number;
            /** @example Term loan, 12 months */
            readonly name: string;
            /**
             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
             * @example TL12
             */
            readonly shortName: string;
            /**
             * @description What a loan is usually for
             * @example 1200000
             */
            readonly principal: number;
            /**
             * @description Usual number of repayments
             * @example 12
             */
            readonly numberOfRepayments: number;
            /**
             * @description Every so many days, weeks ...
             * @example 1
             */
            readonly repaymentEvery: number;
            /**
             * @description Unit of repaymentEvery
             * @example Days
             * @enum {string}
             */
            readonly repaymentFrequencyType: "Days" | "Weeks" | "Months" | "Years";
            /**
             * @description Usual interest rate in percent, at most 6 decimals
             * @example 2
             */
            readonly interestRatePerPeriod: number;
            /**
             * @description What the rate is for
             * @example Per day
             * @enum {string}
             */
            readonly interestRateFrequencyType: "Per day" | "Per week" | "Per month" | "Per year" | "Whole term";
            /** @example Paid back in equal monthly installments */
            readonly description: string;
            /** @example TZS */
            readonly currencyCode: string;
            /**
             * @description Default: by ISO 4217
             * @example 2
             */
            readonly currencyDecimals: number;
            /**
             * @description Currencies without decimals: amounts are multiples of this; 0 = any
             * @example 0
             */
            readonly currencyInMultiplesOf: number;
            /**
             * @description From when due dates are counted
             * @example Disbursement date
             * @enum {string}
             */
            readonly repaymentStartDateType: "Disbursement date" | "Submission date";
            /**
             * @description How principal is spread
             * @example Equal principal payments
             * @enum {string}
             */
            readonly amortizationType: "Equal principal payments" | "Equal installments";
            /**
             * @description What interest is computed on
             * @example Declining Balance
             * @enum {string}
             */
            readonly interestType: "Declining Balance" | "Flat";
            /**
             * @description How interest is counted
             * @example Daily
             * @enum {string}
             */
            readonly interestCalculationPeriodType: "Daily" | "Same as repayment period";
            /**
             * @description Parts of a repayment period bear a part of its interest
             * @example false
             */
            readonly allowPartialPeriodInterest: boolean;
            /**
             * @description Day count
             * @example 360 days
             * @enum {string}
             */
            readonly daysInYearType: "360 days" | "364 days" | "365 days" | "Actual";
            /**
             * @description Day count
             * @example 30 days
             * @enum {string}
             */
            readonly daysInMonthType: "30 days" | "Actual";
            /**
             * @description Installments at the start without principal
             * @example 0
             */
            readonly graceOnPrincipalPayment: number;
            /**
             * @description Installments at the start whose interest is collected later
             * @example 0
             */
            readonly graceOnInterestPayment: number;
            /**
             * @description Installments at the start free of interest
             * @example 0
             */
            readonly graceOnInterestCharged: number;
            /**
             * @description Days past due before a loan is delinquent
             * @example 0
             */
            readonly graceOnArrearsAgeing: number;
            /**
             * @description How payments are allocated
             * @example mifos-standard-strategy
             * @enum {string}
             */
            readonly transactionProcessingStrategy: "mifos-standard-strategy" | "heavensfamily-strategy" | "creocore-strategy" | "rbi-india-strategy" | "principal-interest-penalties-fees-order-strategy" | "interest-principal-penalties-fees-order-strategy" | "early-repayment-strategy" | "due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy" | "due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy" | "advanced-payment-allocation-strategy";
            /**
             * @description Computed up front, or anew with every transaction
             * @example Cumulative
             * @enum {string}
             */
            readonly scheduleType: "Cumulative" | "Progressive";
            /**
             * @description Progressive: row by row, or step by step
             * @example Horizontal
             * @enum {string}
             */
            readonly scheduleProcessingType: "Horizontal" | "Vertical";
            /**
             * @description With an agreed installment: when the last two are joined
             * @example 50
             */
            readonly principalThresholdForLastInstallment: number;
            /**
             * @description Part of each disbursement is due at once
             * @example false
             */
            readonly downPaymentEnabled: boolean;
            /**
             * @description The down payment is booked with the disbursement
             * @example false
             */
            readonly downPaymentAutomatic: boolean;
            /**
             * @description Paid out in several tranches
             * @example false
             */
            readonly multiDisburse: boolean;
            /**
             * @description Tranches are not planned beforehand
             * @example false
             */
            readonly disallowExpectedDisbursements: boolean;
            /**
             * @description Each installment is classified by itself
             * @example false
             */
            readonly installmentLevelDelinquency: boolean;
            /**
             * @description Non-performing until nothing is overdue
             * @example false
             */
            readonly leavesNonPerformingOnlyWhenArrearsCleared: boolean;
            /**
             * @description What the ledger is told
             * @example None
             * @enum {string}
             */
            readonly accountingMethod: "None" | "Cash" | "Accrual (periodic)";
            /** @description Advanced allocation only */
            readonly allocationRules: readonly {
                /**
                 * @description Which payments it is for
                 * @example Default
                 * @enum {string}
                 */
                readonly transactionType: "Default" | "Repayment" | "Down payment" | "Merchant issued refund" | "Payout refund" | "Goodwill credit" | "Charge refund" | "Charge adjustment" | "Waive interest" | "Charge payment" | "Cash refund" | "Interest payment waiver" | "Interest refund";
                readonly order: readonly ("Past due penalties" | "Past due fees" | "Past due principal" | "Past due interest" | "Due penalties" | "Due fees" | "Due principal" | "Due interest" | "In advance penalties" | "In advance fees" | "In advance principal" | "In advance interest")[];
                /**
                 * @description Where money beyond what is due goes
                 * @example Next installment
                 * @enum {string}
                 */
                readonly futureInstallments: "Next installment" | "Last installment" | "Reamortization";
            }[];
            /** @description Advanced allocation only */
            readonly creditAllocationRules: readonly {
                /**
                 * @description Which transactions it is for
                 * @example Chargeback
                 * @enum {string}
                 */
                readonly transactionType: "Chargeback";
                readonly order: readonly ("Penalties" | "Fees" | "Principal" | "Interest")[];
            }[];
            /** @description GL code by role; a role left out takes the account of the seeded chart */
            readonly accounts: {
                /** @example 1000 */
                readonly fundSource?: string;
                /** @example 1000 */
                readonly loanPortfolio?: string;
                /** @example 1000 */
                readonly transfersInSuspense?: string;
                /** @example 1000 */
                readonly interestReceivable?: string;
                /** @example 1000 */
                readonly feeReceivable?: string;
                /** @example 1000 */
                readonly penaltyReceivable?: string;
                /** @example 1000 */
                readonly interestIncome?: string;
                /** @example 1000 */
                readonly feeIncome?: string;
                /** @example 1000 */
                readonly penaltyIncome?: string;
                /** @example 1000 */
                readonly recoveryIncome?: string;
                /** @example 1000 */
                readonly writeOff?: string;
                /** @example 1000 */
                readonly overpayment?: string;
                /** @example 1000 */
                readonly goodwillCredit?: string;
                /** @example 1000 */
                readonly goodwillInterest?: string;
                /** @example 1000 */
                readonly goodwillFee?: string;
                /** @example 1000 */
                readonly goodwillPenalty?: string;
                /** @example 1000 */
                readonly chargeOffExpense?: string;
                /** @example 1000 */
                readonly chargeOffFraudExpense?: string;
                /** @example 1000 */
                readonly chargeOffInterest?: string;
                /** @example 1000 */
                readonly chargeOffFee?: string;
                /** @example 1000 */
                readonly chargeOffPenalty?: string;
            };
            /**
             * @description GL code of the fund source by short name of a payment type, where it differs
             * @example {}
             */
            readonly fundSourceByPaymentType: {
                readonly [key: string]: string;
            };
            /**
             * @description Refunds that bring back the interest on the refunded amount as well
             * @example []
             */
            readonly interestRefundFor: readonly ("Merchant issued refund" | "Payout refund")[];
            /**
             * @description Codes of the fees that each loan begins with, and of its overdue penalties
             * @example []
             */
            readonly charges: readonly string[];
            /**
             * @description Terms that a loan may choose
             * @example [
             *       "numberOfRepayments"
             *     ]
             */
            readonly overridableTerms: readonly string[];
            /**
             * @description Least principal of a loan
             * @example 1000
             */
            readonly minPrincipal?: number;
            /**
             * @description Largest principal of a loan
             * @example 5000000
             */
            readonly maxPrincipal?: number;
            /**
             * @description Fewest repayments
             * @example 1
             */
            readonly minNumberOfRepayments?: number;
            /**
             * @description Most repayments
             * @example 36
             */
            readonly maxNumberOfRepayments?: number;
            /**
             * @description Lowest rate
             * @example 0
             */
            readonly minInterestRatePerPeriod?: number;
            /**
             * @description Highest rate
             * @example 10
             */
            readonly maxInterestRatePerPeriod?: number;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly offeredFromDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly offeredUntilDate?: string;
            /** @description Interest follows the actual payments */
            readonly interestRecalculation?: {
                /**
                 * @description When payments begin to count
                 * @example Same as repayment period
                 * @enum {string}
                 */
                readonly restFrequency: "Same as repayment period" | "Daily";
                /**
                 * @description What an early payment changes
                 * @example Reschedule next repayments
                 * @enum {string}
                 */
                readonly rescheduleStrategy: "Reschedule next repayments" | "Reduce number of installments" | "Reduce installment amount" | "Adjust last unpaid period";
                /**
                 * @description Until when a payoff bears interest
                 * @example Till pre-close date
                 * @enum {string}
                 */
                readonly preCloseRule: "Till pre-close date" | "Till rest frequency date";
                /**
                 * @description What bears interest itself
                 * @example None
                 * @enum {string}
                 */
                readonly compounding: "None" | "Interest" | "Fee" | "Interest and fee";
                /** @example 1 */
                readonly compoundingDay?: number;
                /**
                 * @description Arrears by the first schedule
                 * @example false
                 */
                readonly arrearsBasedOnOriginalSchedule?: boolean;
            };
            /**
             * @description Installments are multiples of so many currency units
             * @example 1
             */
            readonly installmentAmountInMultiplesOf?: number;
            /**
             * @description Length of the loan in units of repaymentFrequencyType
             * @example 90
             */
            readonly fixedLength?: number;
            /**
             * @description Equal principal payments: share of each
             * @example 5
             */
            readonly fixedPrincipalPercentagePerInstallment?: number;
            /**
             * @description Share of a disbursement that is due at once
             * @example 25
             */
            readonly downPaymentPercentage?: number;
            /**
             * @description Most disbursements
             * @example 10
             */
            readonly maxTrancheCount?: number;
            /**
             * @description Largest principal outstanding after a tranche
             * @example 10000000
             */
            readonly maxOutstandingBalance?: number;
            /**
             * @description By how much more may be approved than was applied for
             * @example 50
             */
            readonly overAppliedPercentage?: number;
            /**
             * @description Days in arrears after which a loan is non-performing
             * @example 90
             */
            readonly overdueDaysForNonPerforming?: number;
            /**
             * @description So much may be open, or overpaid, when a loan is closed by hand
             * @example 100
             */
            readonly closingTolerance?: number;
            /**
             * @description Accrued income is stated by transactions of its own
             * @example false
             */
            readonly statesAccrualActivity?: boolean;
            /**
             * @description Days before a due date at which the reminder is raised
             * @example 1
             */
            readonly daysBeforeRepaymentIsDue?: number;
            /**
             * @description Days after a due date at which the overdue event is raised
             * @example 2
             */
            readonly daysAfterRepaymentIsOverdue?: number;
            /**
             * @description Code of a bucket
             * @example STANDARD
             */
            readonly delinquencyBucket?: string;
            /** @description Of the delinquencyBucket */
            readonly delinquencyRanges?: readonly {
                /** @example DAYS_1_30 */
                readonly code: string;
                /** @example 1 to 30 days past due */
                readonly name: string;
                /** @example 1 */
                readonly minDays: number;
                /** @example 30 */
                readonly maxDays?: number;
            }[];
        };
        /**
         * Office
         * @example {
         *       "id": "42",
         *       "name": "Arusha",
         *       "shortName": "TL12",
         *       "active": true
         *     }
         */
        readonly Office: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /** @example Arusha */
            readonly name: string;
            /**
             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
             * @example TL12
             */
            readonly shortName: string;
            /**
             * @description May be chosen
             * @example true
             */
            readonly active: boolean;
        };
        /**
         * PaymentType
         * @example {
         *       "id": "42",
         *       "name": "Agent",
         *       "shortName": "TL12",
         *       "active": true
         *     }
         */
        readonly PaymentType: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /** @example Agent */
            readonly name: string;
            /**
             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
             * @example TL12
             */
            readonly shortName: string;
            /**
             * @description May be chosen
             * @example true
             */
            readonly active: boolean;
        };
        /**
         * @description Nothing was done yet: the operation needs a second person (`GET /v1/four-eyes`)
         * @example {
         *       "approvalId": "7",
         *       "status": "pending",
         *       "message": "waits for another operator: POST /v1/approvals/7/approve"
         *     }
         */
        readonly PendingApproval: {
            readonly approvalId: string;
            /** @enum {string} */
            readonly status: "pending";
            readonly message: string;
        };
        /** @description RFC 9457, for callers that accept it */
        readonly Problem: {
            /** Format: uri */
            readonly type: string;
            readonly title: string;
            readonly status: number;
            readonly detail: string;
            /** @enum {string} */
            readonly code: "invalid_argument" | "failed_precondition" | "unauthenticated" | "permission_denied" | "not_found" | "aborted" | "resource_exhausted" | "internal" | "unavailable";
            readonly errors: readonly components["schemas"]["Fault"][];
        };
        /**
         * Repayment
         * @example {
         *       "id": "108",
         *       "loanId": "42",
         *       "type": "Repayment",
         *       "date": "2025-02-15",
         *       "amount": 60000,
         *       "status": "posted",
         *       "reversed": false,
         *       "principal": 44735.76,
         *       "interest": 15264.24,
         *       "receiptNumber": "R-1001"
         *     }
         */
        readonly Repayment: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /**
             * @description Opaque id
             * @example 42
             */
            readonly loanId: string;
            /** @example Repayment */
            readonly type: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly date: string;
            /** @example 250000 */
            readonly amount: number;
            /** @example 250000 */
            readonly principal?: number;
            /** @example 250000 */
            readonly interest?: number;
            /** @example 250000 */
            readonly fees?: number;
            /** @example 250000 */
            readonly penalties?: number;
            /** @example 250000 */
            readonly overpaymentPortion?: number;
            /** @enum {string} */
            readonly status: "posted" | "reversed";
            readonly reversed: boolean;
            readonly externalId?: string;
            readonly idempotencyKey?: string;
            readonly note?: string;
            /**
             * @description Opaque id
             * @example 42
             */
            readonly paymentTypeId?: string;
            readonly receiptNumber?: string;
        };
        /**
         * ScheduleRow
         * @example {
         *       "period": 1,
         *       "fromDate": "2025-01-31",
         *       "dueDate": "2025-01-31",
         *       "days": 1,
         *       "principalDisbursed": 250000,
         *       "principalDue": 250000,
         *       "interestDue": 250000,
         *       "feesDue": 250000,
         *       "penaltiesDue": 250000,
         *       "totalDue": 250000,
         *       "principalPaid": 250000,
         *       "interestPaid": 250000,
         *       "feesPaid": 250000,
         *       "penaltiesPaid": 250000,
         *       "totalPaid": 250000,
         *       "paidInAdvance": 250000,
         *       "paidLate": 250000,
         *       "totalOutstanding": 250000,
         *       "principalBalance": 250000,
         *       "complete": true,
         *       "paidDate": "2025-01-31"
         *     }
         */
        readonly ScheduleRow: {
            /** @description 0 = a disbursement */
            readonly period: number;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly fromDate?: string;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly dueDate: string;
            readonly days?: number;
            /** @example 250000 */
            readonly principalDisbursed?: number;
            /** @example 250000 */
            readonly principalDue: number;
            /** @example 250000 */
            readonly interestDue: number;
            /** @example 250000 */
            readonly feesDue: number;
            /** @example 250000 */
            readonly penaltiesDue: number;
            /** @example 250000 */
            readonly totalDue: number;
            /** @example 250000 */
            readonly principalPaid: number;
            /** @example 250000 */
            readonly interestPaid: number;
            /** @example 250000 */
            readonly feesPaid: number;
            /** @example 250000 */
            readonly penaltiesPaid: number;
            /** @example 250000 */
            readonly totalPaid: number;
            /** @example 250000 */
            readonly paidInAdvance: number;
            /** @example 250000 */
            readonly paidLate: number;
            /** @example 250000 */
            readonly totalOutstanding: number;
            /** @example 250000 */
            readonly principalBalance: number;
            readonly complete: boolean;
            /**
             * Format: date
             * @example 2025-01-31
             */
            readonly paidDate?: string;
        };
        /**
         * SigningKey
         * @example {
         *       "kid": "Nl9xWb0zqg0bF1m2s0sQ9q3q5n8zv2xY7rKk1c0JtUE",
         *       "status": "signing",
         *       "createdAt": "2025-01-01T08:00:00.000Z"
         *     }
         */
        readonly SigningKey: {
            readonly kid: string;
            /**
             * @description signing: signs new tokens; published: still verifies; retired: no longer verifies
             * @enum {string}
             */
            readonly status: "signing" | "published" | "retired";
            /** Format: date-time */
            readonly createdAt: string;
            /** Format: date-time */
            readonly retiredAt?: string;
        };
        /**
         * StartedCloseOfBusiness
         * @example {
         *       "dates": [
         *         "2025-01-31"
         *       ]
         *     }
         */
        readonly StartedCloseOfBusiness: {
            readonly dates: readonly string[];
        };
        /**
         * Verification
         * @example {
         *       "loans": 100,
         *       "transactions": 100,
         *       "journalEntries": 100,
         *       "externalIds": 100,
         *       "controlAccounts": [
         *         {
         *           "glCode": "1100",
         *           "roles": [
         *             "loanPortfolio"
         *           ],
         *           "ledger": 250000,
         *           "loans": 250000
         *         }
         *       ],
         *       "findings": [
         *         {
         *           "rule": "journal_follows_history",
         *           "where": "loan 42",
         *           "message": "transaction 1001 (repayment of 2025-02-15): posted -90.00 on account 1100, should be -100.00"
         *         }
         *       ],
         *       "next": "text"
         *     }
         */
        readonly Verification: {
            /** @example 100 */
            readonly loans: number;
            /** @example 100 */
            readonly transactions: number;
            /** @example 100 */
            readonly journalEntries: number;
            /** @example 100 */
            readonly externalIds: number;
            /** @description What the accounts hold of the loans of this part: by the ledger and by the loans themselves */
            readonly controlAccounts: readonly {
                /** @example 1100 */
                readonly glCode: string;
                /**
                 * @example [
                 *       "loanPortfolio"
                 *     ]
                 */
                readonly roles: readonly string[];
                /** @example 250000 */
                readonly ledger: number;
                /** @example 250000 */
                readonly loans: number;
            }[];
            /** @description Empty when everything is as it should be */
            readonly findings: readonly {
                /** @example journal_follows_history */
                readonly rule: string;
                /** @example loan 42 */
                readonly where: string;
                /** @example transaction 1001 (repayment of 2025-02-15): posted -90.00 on account 1100, should be -100.00 */
                readonly message: string;
            }[];
            /** @description Give it as `after` to go on; absent when the book is through */
            readonly next?: string;
        };
        /**
         * WebhookDelivery
         * @example {
         *       "id": "42",
         *       "eventId": "evt_42_2001",
         *       "type": "loan.created",
         *       "loanId": "42",
         *       "status": "pending",
         *       "attempts": 1,
         *       "createdAt": "2025-01-31T09:00:00.000Z",
         *       "nextTryAt": "2025-01-31T09:00:00.000Z",
         *       "triedAt": "2025-01-31T09:00:00.000Z",
         *       "answered": 200,
         *       "reason": "no answer within 15 s"
         *     }
         */
        readonly WebhookDelivery: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /**
             * @description As in the header `webhook-id`
             * @example evt_42_2001
             */
            readonly eventId: string;
            /** @enum {string} */
            readonly type: "loan.created" | "loan.changed" | "loan.approved" | "loan.approval_undone" | "loan.rejected" | "loan.withdrawn" | "loan.disbursed" | "loan.disbursal_undone" | "loan.repaid" | "loan.waived" | "loan.refunded" | "loan.recovered" | "loan.charged_back" | "loan.charge_added" | "loan.rescheduled" | "loan.transaction_reversed" | "loan.repayment_due" | "loan.overdue" | "loan.delinquency_changed" | "loan.non_performing" | "loan.performing" | "loan.closed" | "loan.overpaid" | "loan.reopened" | "loan.written_off" | "loan.charged_off" | "loan.charge_off_undone" | "loan.deleted" | "close_of_business.finished" | "webhook.test";
            /**
             * @description Opaque id
             * @example 42
             */
            readonly loanId?: string;
            /**
             * @description failed: given up after 3 days
             * @enum {string}
             */
            readonly status: "pending" | "delivered" | "failed" | "cancelled";
            readonly attempts: number;
            /** Format: date-time */
            readonly createdAt: string;
            /** Format: date-time */
            readonly nextTryAt?: string;
            /** Format: date-time */
            readonly triedAt?: string;
            /**
             * @description HTTP status of the last answer
             * @example 200
             */
            readonly answered?: number;
            /**
             * @description Why it was not taken
             * @example no answer within 15 s
             */
            readonly reason?: string;
        };
        /**
         * WebhookEndpoint
         * @example {
         *       "id": "42",
         *       "accountId": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
         *       "url": "https://wallet.example.com/loanbook",
         *       "description": "Wallet backend",
         *       "eventTypes": [
         *         "loan.disbursed",
         *         "loan.repaid"
         *       ],
         *       "status": "enabled",
         *       "failuresInARow": 1,
         *       "restsUntil": "2025-01-31T09:00:00.000Z",
         *       "oldSecretUntil": "2025-01-31T09:00:00.000Z",
         *       "createdAt": "2025-01-31T09:00:00.000Z"
         *     }
         */
        readonly WebhookEndpoint: {
            /**
             * @description Opaque id
             * @example 42
             */
            readonly id: string;
            /**
             * Format: uuid
             * @description Nothing is sent while this account is disabled
             */
            readonly accountId: string;
            /** @example https://wallet.example.com/loanbook */
            readonly url: string;
            /** @example Wallet backend */
            readonly description?: string;
            /**
             * @description What the endpoint hears of; none = everything
             * @example [
             *       "loan.disbursed",
             *       "loan.repaid"
             *     ]
             */
            readonly eventTypes: readonly ("loan.created" | "loan.changed" | "loan.approved" | "loan.approval_undone" | "loan.rejected" | "loan.withdrawn" | "loan.disbursed" | "loan.disbursal_undone" | "loan.repaid" | "loan.waived" | "loan.refunded" | "loan.recovered" | "loan.charged_back" | "loan.charge_added" | "loan.rescheduled" | "loan.transaction_reversed" | "loan.repayment_due" | "loan.overdue" | "loan.delinquency_changed" | "loan.non_performing" | "loan.performing" | "loan.closed" | "loan.overpaid" | "loan.reopened" | "loan.written_off" | "loan.charged_off" | "loan.charge_off_undone" | "loan.deleted" | "close_of_business.finished" | "webhook.test")[];
            /**
             * @description What happens while an endpoint is disabled is not told to it afterwards
             * @enum {string}
             */
            readonly status: "enabled" | "disabled";
            /** @description Tries that failed since the last one that was taken */
            readonly failuresInARow: number;
            /**
             * Format: date-time
             * @description Nothing is tried before, because it failed so often
             */
            readonly restsUntil?: string;
            /**
             * Format: date-time
             * @description Messages are signed with the old secret too until then
             */
            readonly oldSecretUntil?: string;
            /** Format: date-time */
            readonly createdAt: string;
        };
    };
    responses: {
        /** @description Conflict with the current state */
        readonly aborted: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Internal error */
        readonly internal: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Invalid argument */
        readonly invalid_argument: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Invalid argument, or Failed precondition */
        readonly invalid_argument_or_failed_precondition: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not found */
        readonly not_found: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Waits for a second person */
        readonly pending: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["PendingApproval"];
            };
        };
        /** @description Permission denied */
        readonly permission_denied: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests */
        readonly resource_exhausted: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Body too large */
        readonly too_large: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unauthenticated */
        readonly unauthenticated: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Temporarily unavailable */
        readonly unavailable: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Wrong media type */
        readonly wrong_media_type: {
            headers: {
                readonly [name: string]: unknown;
            };
            content: {
                readonly "application/json": components["schemas"]["Error"];
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly getSigningKeys: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "kty": "RSA",
                     *           "kid": "Nl9x",
                     *           "alg": "RS256",
                     *           "use": "sig",
                     *           "n": "xjl3",
                     *           "e": "AQAB"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly keys: readonly {
                            readonly [key: string]: unknown;
                        }[];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getLiveness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    readonly "application/json": {
                        /** @enum {string} */
                        readonly status: "ok";
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getLlmsIndex: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # Loanbook
                     *
                     *     > A loan management system
                     */
                    readonly "text/plain": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /** @example loanbook_http_requests_total{host="api",worker="1"} 42 */
                    readonly "text/plain": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getOpenApi: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.0",
                     *       "paths": {}
                     *     }
                     */
                    readonly "application/json": {
                        readonly [key: string]: unknown;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getReadiness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    readonly "application/json": {
                        /** @enum {string} */
                        readonly status: "ok";
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listAccounts: {
        readonly parameters: {
            readonly query?: {
                /** @description Page number, from 1 */
                readonly page?: number;
                /** @description Items per page, at most 100 */
                readonly rows?: number;
                readonly orderBy?: "email" | "createdAt";
                readonly sortOrder?: "ASC" | "DESC";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *           "email": "partner@example.com",
                     *           "roles": [
                     *             "ADMIN"
                     *           ],
                     *           "status": "enabled",
                     *           "tokensValidFrom": "2025-01-01T08:00:00.000Z",
                     *           "createdAt": "2025-01-01T08:00:00.000Z"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "page": 1,
                     *       "rowsPerPage": 10
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Account"][];
                        /** @description Number of items on all pages */
                        readonly total: number;
                        readonly page: number;
                        readonly rowsPerPage: number;
                        /** @description Give it as `after` to read on; absent on the last page */
                        readonly nextCursor?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createAccount: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "email": "partner@example.com",
                 *       "roles": [
                 *         "ADMIN"
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    readonly email: string;
                    /**
                     * @example [
                     *       "ADMIN"
                     *     ]
                     */
                    readonly roles: readonly ("ADMIN" | "OPERATOR" | "VIEWER")[];
                    /** @example correct horse battery staple */
                    readonly password?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *       "email": "partner@example.com",
                     *       "roles": [
                     *         "ADMIN"
                     *       ],
                     *       "status": "enabled",
                     *       "tokensValidFrom": "2025-01-01T08:00:00.000Z",
                     *       "createdAt": "2025-01-01T08:00:00.000Z",
                     *       "generatedPassword": "k7mwp-3hqsd-v9xtc-rb4ne"
                     *     }
                     */
                    readonly "application/json": {
                        /** Format: uuid */
                        readonly id: string;
                        readonly email: string;
                        readonly roles: readonly string[];
                        /** @enum {string} */
                        readonly status: "enabled" | "disabled";
                        /** Format: date-time */
                        readonly disabledAt?: string;
                        /**
                         * Format: date-time
                         * @description Tokens issued before no longer count
                         */
                        readonly tokensValidFrom: string;
                        /** Format: date-time */
                        readonly createdAt: string;
                        /** @description Present when no password was given; it is shown this once */
                        readonly generatedPassword?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly changeOwnPassword: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "currentPassword": "k7mwp-3hqsd-v9xtc-rb4ne",
                 *       "newPassword": "correct horse battery staple"
                 *     }
                 */
                readonly "application/json": {
                    readonly currentPassword: string;
                    /** @example correct horse battery staple */
                    readonly newPassword: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Account"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 429: components["responses"]["resource_exhausted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getAccount: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly account_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Account"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly disableAccount: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                readonly account_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Account"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly enableAccount: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                readonly account_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Account"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly setAccountPassword: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly account_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "newPassword": "correct horse battery staple"
                 *     }
                 */
                readonly "application/json": {
                    /** @example correct horse battery staple */
                    readonly newPassword: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Account"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly revokeTokens: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                readonly account_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Account"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly setAccountRoles: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly account_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "roles": [
                 *         "ADMIN",
                 *         "OPERATOR"
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @example [
                     *       "ADMIN"
                     *     ]
                     */
                    readonly roles: readonly ("ADMIN" | "OPERATOR" | "VIEWER")[];
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Account"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listApprovals: {
        readonly parameters: {
            readonly query?: {
                /** @description Page number, from 1 */
                readonly page?: number;
                /** @description Items per page, at most 100 */
                readonly rows?: number;
                readonly orderBy?: "id";
                readonly sortOrder?: "ASC" | "DESC";
                /** @description The `nextCursor` of the page before, in place of `page`. Keep the other fields as they were. */
                readonly after?: string;
                readonly status?: "pending" | "approved" | "rejected";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "operation": "writeOffLoan",
                     *           "method": "POST",
                     *           "path": "/v1/loans/42/writeoff",
                     *           "body": {},
                     *           "requestedBy": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *           "requestedAt": "2025-01-31T09:00:00.000Z",
                     *           "status": "pending",
                     *           "decidedBy": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *           "decidedAt": "2025-01-31T09:00:00.000Z",
                     *           "note": "agreed with the branch",
                     *           "answered": 200,
                     *           "answer": {}
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "page": 1,
                     *       "rowsPerPage": 10
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Approval"][];
                        /** @description Number of items on all pages */
                        readonly total: number;
                        readonly page: number;
                        readonly rowsPerPage: number;
                        /** @description Give it as `after` to read on; absent on the last page */
                        readonly nextCursor?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getApproval: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly approval_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Approval"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly approveCall: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly approval_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "agreed with the branch"
                 *     }
                 */
                readonly "application/json": {
                    /** @example agreed with the branch */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Approval"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly rejectCall: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly approval_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "agreed with the branch"
                 *     }
                 */
                readonly "application/json": {
                    /** @example agreed with the branch */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Approval"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listAuditEntries: {
        readonly parameters: {
            readonly query?: {
                /** @description Page number, from 1 */
                readonly page?: number;
                /** @description Items per page, at most 100 */
                readonly rows?: number;
                readonly orderBy?: "recordedAt";
                readonly sortOrder?: "ASC" | "DESC";
                /** @description The `nextCursor` of the page before, in place of `page`. Keep the other fields as they were. */
                readonly after?: string;
                readonly accountId?: string;
                /** @example approveLoan */
                readonly operation?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly loanId?: string | number;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly customerId?: string | number;
                /**
                 * @description What was changed
                 * @example glAccount
                 */
                readonly subjectKind?: string;
                /**
                 * @description With `subjectKind`
                 * @example 5400
                 */
                readonly subjectId?: string;
                /** @example call-17 */
                readonly requestId?: string;
                /**
                 * @description First day (UTC)
                 * @example 2025-01-31
                 */
                readonly from?: string;
                /**
                 * @description Last day (UTC)
                 * @example 2025-01-31
                 */
                readonly to?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "recordedAt": "2025-01-15T09:00:00.000Z",
                     *           "accountId": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *           "operation": "approveLoan",
                     *           "address": "203.0.113.7",
                     *           "requestId": "c8a7e9b2-5f5b-4f0e-9d0c-0a4f7e3b1c22",
                     *           "subject": {
                     *             "kind": "loan",
                     *             "id": "42"
                     *           },
                     *           "before": {
                     *             "version": 1,
                     *             "status": "pending"
                     *           },
                     *           "after": {
                     *             "version": 2,
                     *             "status": "approved"
                     *           },
                     *           "command": {
                     *             "approvedOnDate": "2025-01-15"
                     *           },
                     *           "chain": "0d4d3c58-4f4b-4b77-8c0e-4a0f3a1c9e10",
                     *           "seq": "17",
                     *           "hash": "r2Jq0bYw0m1cXh5l1JmV4oC0c2m5b1o9Q8s7d6f5g4h"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "page": 1,
                     *       "rowsPerPage": 10
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["AuditEntry"][];
                        /** @description Number of items on all pages */
                        readonly total: number;
                        readonly page: number;
                        readonly rowsPerPage: number;
                        /** @description Give it as `after` to read on; absent on the last page */
                        readonly nextCursor?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly verifyAudit: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "intact": true,
                     *       "entries": 1204,
                     *       "chains": 3,
                     *       "faults": []
                     *     }
                     */
                    readonly "application/json": {
                        readonly intact: boolean;
                        readonly entries: number;
                        readonly chains: number;
                        /** @description The first hundred */
                        readonly faults: readonly {
                            /** @enum {string} */
                            readonly kind: "changed" | "removed" | "inserted";
                            readonly place: string;
                            readonly message: string;
                        }[];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly authenticateToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "userId": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *       "claims": {
                     *         "iss": "http://127.0.0.1:4001",
                     *         "sub": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *         "iat": 1735689600,
                     *         "exp": 1767225600,
                     *         "roles": [
                     *           "ADMIN"
                     *         ]
                     *       }
                     *     }
                     */
                    readonly "application/json": {
                        /** Format: uuid */
                        readonly userId: string;
                        readonly claims: {
                            readonly iss: string;
                            /** Format: uuid */
                            readonly sub: string;
                            readonly iat: number;
                            readonly exp: number;
                            readonly roles: readonly string[];
                        } & {
                            readonly [key: string]: unknown;
                        };
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly authorizeToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "rule": "admin"
                 *     }
                 */
                readonly "application/json": {
                    /** @enum {string} */
                    readonly rule: "any" | "admin" | "operator";
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "authorized": true
                     *     }
                     */
                    readonly "application/json": {
                        /** @enum {boolean} */
                        readonly authorized: true;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly issueToken: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "token": "eyJhbGciOiJSUzI1NiIsImtpZCI6Ik5s4oCmIn0.eyJzdWIiOiLigKYifQ.c2lnbmF0dXJl"
                     *     }
                     */
                    readonly "application/json": {
                        /** @description A JWT, good for a year */
                        readonly token: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 429: components["responses"]["resource_exhausted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getBusinessDate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BusinessDate"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly setBusinessDate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "date": "2025-01-31"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly date: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BusinessDate"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listCharges: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "code": "TL12",
                     *           "active": true,
                     *           "version": 1,
                     *           "name": "Late fee",
                     *           "chargeTimeType": "Disbursement",
                     *           "chargeCalculationType": "Flat",
                     *           "amount": 1.5,
                     *           "currencyCode": "TZS",
                     *           "penalty": true,
                     *           "minCap": 1000,
                     *           "maxCap": 50000,
                     *           "feeInterval": 1,
                     *           "feeFrequencyType": "Days"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Charge"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "code": "TL12",
                 *       "name": "Late fee",
                 *       "chargeTimeType": "Disbursement",
                 *       "chargeCalculationType": "Flat",
                 *       "amount": 1.5,
                 *       "currencyCode": "TZS",
                 *       "penalty": true,
                 *       "minCap": 1000,
                 *       "maxCap": 50000,
                 *       "feeInterval": 1,
                 *       "feeFrequencyType": "Days"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                     * @example TL12
                     */
                    readonly code: string;
                    /** @example Late fee */
                    readonly name: string;
                    /**
                     * @description When it falls due. Label, or code: 1 Disbursement, 2 Specified due date, 8 Installment fee, 9 Overdue installment, 12 Tranche disbursement
                     * @example Disbursement
                     * @enum {string|integer}
                     */
                    readonly chargeTimeType: "Disbursement" | "Specified due date" | "Installment fee" | "Overdue installment" | "Tranche disbursement" | 1 | 2 | 8 | 9 | 12;
                    /**
                     * @description What the amount is. Label, or code: 1 Flat, 2 % of amount, 3 % of amount and interest, 4 % of interest, 5 % of disbursement
                     * @example Flat
                     * @enum {string|integer}
                     */
                    readonly chargeCalculationType: "Flat" | "% of amount" | "% of amount and interest" | "% of interest" | "% of disbursement" | 1 | 2 | 3 | 4 | 5;
                    /**
                     * @description An amount when flat, else percent
                     * @example 1.5
                     */
                    readonly amount: number;
                    /** @example TZS */
                    readonly currencyCode?: string;
                    /**
                     * @description A penalty, not a fee
                     * @example true
                     */
                    readonly penalty?: boolean;
                    /**
                     * @description Percentages: never less
                     * @example 1000
                     */
                    readonly minCap?: number;
                    /**
                     * @description Percentages: never more
                     * @example 50000
                     */
                    readonly maxCap?: number;
                    /**
                     * @description Overdue charges: raised again after so many
                     * @example 1
                     */
                    readonly feeInterval?: number;
                    /**
                     * @description Unit of feeInterval. Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                     * @example Days
                     * @enum {string|integer}
                     */
                    readonly feeFrequencyType?: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Charge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Charge"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "amount": 2
                 *     }
                 */
                readonly "application/json": {
                    /** @example Late fee */
                    readonly name?: string;
                    /**
                     * @description When it falls due. Label, or code: 1 Disbursement, 2 Specified due date, 8 Installment fee, 9 Overdue installment, 12 Tranche disbursement
                     * @example Disbursement
                     * @enum {string|integer}
                     */
                    readonly chargeTimeType?: "Disbursement" | "Specified due date" | "Installment fee" | "Overdue installment" | "Tranche disbursement" | 1 | 2 | 8 | 9 | 12;
                    /**
                     * @description What the amount is. Label, or code: 1 Flat, 2 % of amount, 3 % of amount and interest, 4 % of interest, 5 % of disbursement
                     * @example Flat
                     * @enum {string|integer}
                     */
                    readonly chargeCalculationType?: "Flat" | "% of amount" | "% of amount and interest" | "% of interest" | "% of disbursement" | 1 | 2 | 3 | 4 | 5;
                    /**
                     * @description An amount when flat, else percent
                     * @example 1.5
                     */
                    readonly amount?: number;
                    /** @example TZS */
                    readonly currencyCode?: string;
                    /**
                     * @description A penalty, not a fee
                     * @example true
                     */
                    readonly penalty?: boolean;
                    /**
                     * @description Percentages: never less
                     * @example 1000
                     */
                    readonly minCap?: number | null;
                    /**
                     * @description Percentages: never more
                     * @example 50000
                     */
                    readonly maxCap?: number | null;
                    /**
                     * @description Overdue charges: raised again after so many
                     * @example 1
                     */
                    readonly feeInterval?: number | null;
                    /**
                     * @description Unit of feeInterval. Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                     * @example Days
                     * @enum {string|integer|null}
                     */
                    readonly feeFrequencyType?: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3 | null;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Charge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deleteCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 202: components["responses"]["pending"];
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly activateCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Charge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deactivateCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Charge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly advanceClock: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "days": 1,
                 *       "to": "2025-01-31"
                 *     }
                 */
                readonly "application/json": {
                    /** @default 1 */
                    readonly days?: number;
                    /**
                     * Format: date
                     * @description In place of `days`
                     * @example 2025-01-31
                     */
                    readonly to?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClockAdvance"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getCloseOfBusiness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["CloseOfBusiness"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly startCloseOfBusiness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "through": "2025-01-31",
                 *       "wait": false
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description The last day to close; absent: every day that is over
                     * @example 2025-01-31
                     */
                    readonly through?: string;
                    /**
                     * @description true: answer when it is done
                     * @default false
                     */
                    readonly wait?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["StartedCloseOfBusiness"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listCloseOfBusinessFailures: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "loanId": "42",
                     *           "date": "2025-01-31",
                     *           "reason": "period_closed: The books are closed up to 2025-01-31",
                     *           "attempts": 12,
                     *           "firstFailedAt": "2025-01-31T09:00:00.000Z",
                     *           "lastFailedAt": "2025-01-31T09:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["CloseOfBusinessFailure"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listClosureReasons: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "name": "Moved abroad",
                     *           "shortName": "TL12",
                     *           "active": true
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["ClosureReason"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createClosureReason: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Moved abroad",
                 *       "shortName": "TL12"
                 *     }
                 */
                readonly "application/json": {
                    /** @example Moved abroad */
                    readonly name: string;
                    /**
                     * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                     * @example TL12
                     */
                    readonly shortName: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClosureReason"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateClosureReason: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly reference_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Moved abroad"
                 *     }
                 */
                readonly "application/json": {
                    /** @example Moved abroad */
                    readonly name: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClosureReason"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly activateClosureReason: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly reference_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClosureReason"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deactivateClosureReason: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly reference_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClosureReason"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly exportConfiguration: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Configuration"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly applyConfiguration: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "configuration": {
                 *         "glAccounts": [
                 *           {
                 *             "glCode": "5400",
                 *             "name": "Bank charges",
                 *             "type": "expense",
                 *             "active": true
                 *           }
                 *         ],
                 *         "offices": [
                 *           {
                 *             "shortName": "ARUSHA",
                 *             "name": "Arusha"
                 *           }
                 *         ],
                 *         "charges": [
                 *           {
                 *             "code": "LATE_FEE",
                 *             "name": "Late fee",
                 *             "chargeTimeType": "Overdue installment",
                 *             "chargeCalculationType": "% of amount",
                 *             "amount": 1.5,
                 *             "penalty": true
                 *           }
                 *         ]
                 *       },
                 *       "dryRun": true
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Configuration
                     * @example {
                     *       "glAccounts": [
                     *         {
                     *           "glCode": "5400",
                     *           "name": "Bank charges",
                     *           "type": "expense",
                     *           "active": true
                     *         }
                     *       ],
                     *       "offices": [
                     *         {
                     *           "shortName": "ARUSHA",
                     *           "name": "Arusha"
                     *         }
                     *       ],
                     *       "charges": [
                     *         {
                     *           "code": "LATE_FEE",
                     *           "name": "Late fee",
                     *           "chargeTimeType": "Overdue installment",
                     *           "chargeCalculationType": "% of amount",
                     *           "amount": 1.5,
                     *           "penalty": true
                     *         }
                     *       ]
                     *     }
                     */
                    readonly configuration: {
                        readonly glAccounts?: readonly {
                            /** @example 1000 */
                            readonly glCode: string;
                            /** @example Head Office */
                            readonly name: string;
                            /** @enum {string} */
                            readonly type: "asset" | "liability" | "equity" | "income" | "expense";
                            /**
                             * @description Left out: true
                             * @example true
                             */
                            readonly active?: boolean;
                        }[];
                        readonly offices?: readonly {
                            /**
                             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                             * @example TL12
                             */
                            readonly shortName: string;
                            /** @example Head Office */
                            readonly name: string;
                            /**
                             * @description Left out: true
                             * @example true
                             */
                            readonly active?: boolean;
                        }[];
                        readonly paymentTypes?: readonly {
                            /**
                             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                             * @example TL12
                             */
                            readonly shortName: string;
                            /** @example Head Office */
                            readonly name: string;
                            /**
                             * @description Left out: true
                             * @example true
                             */
                            readonly active?: boolean;
                        }[];
                        readonly closureReasons?: readonly {
                            /**
                             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                             * @example TL12
                             */
                            readonly shortName: string;
                            /** @example Head Office */
                            readonly name: string;
                            /**
                             * @description Left out: true
                             * @example true
                             */
                            readonly active?: boolean;
                        }[];
                        readonly delinquencyBuckets?: readonly {
                            /**
                             * @description Letters, digits, _ . -
                             * @example STANDARD
                             */
                            readonly code: string;
                            /** @example Standard */
                            readonly name: string;
                            /** @description Upwards, without overlaps */
                            readonly ranges: readonly {
                                /**
                                 * @description Letters, digits, _ . -
                                 * @example DAYS_1_30
                                 */
                                readonly code: string;
                                /** @example 1 to 30 days past due */
                                readonly name: string;
                                /** @example 1 */
                                readonly minDays: number;
                                /**
                                 * @description Absent: open
                                 * @example 30
                                 */
                                readonly maxDays?: number;
                            }[];
                        }[];
                        readonly charges?: readonly {
                            /**
                             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                             * @example TL12
                             */
                            readonly code: string;
                            /** @example Late fee */
                            readonly name: string;
                            /**
                             * @description When it falls due. Label, or code: 1 Disbursement, 2 Specified due date, 8 Installment fee, 9 Overdue installment, 12 Tranche disbursement
                             * @example Disbursement
                             * @enum {string|integer}
                             */
                            readonly chargeTimeType: "Disbursement" | "Specified due date" | "Installment fee" | "Overdue installment" | "Tranche disbursement" | 1 | 2 | 8 | 9 | 12;
                            /**
                             * @description What the amount is. Label, or code: 1 Flat, 2 % of amount, 3 % of amount and interest, 4 % of interest, 5 % of disbursement
                             * @example Flat
                             * @enum {string|integer}
                             */
                            readonly chargeCalculationType: "Flat" | "% of amount" | "% of amount and interest" | "% of interest" | "% of disbursement" | 1 | 2 | 3 | 4 | 5;
                            /**
                             * @description An amount when flat, else percent
                             * @example 1.5
                             */
                            readonly amount: number;
                            /** @example TZS */
                            readonly currencyCode?: string;
                            /**
                             * @description A penalty, not a fee
                             * @example true
                             */
                            readonly penalty?: boolean;
                            /**
                             * @description Percentages: never less
                             * @example 1000
                             */
                            readonly minCap?: number;
                            /**
                             * @description Percentages: never more
                             * @example 50000
                             */
                            readonly maxCap?: number;
                            /**
                             * @description Overdue charges: raised again after so many
                             * @example 1
                             */
                            readonly feeInterval?: number;
                            /**
                             * @description Unit of feeInterval. Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                             * @example Days
                             * @enum {string|integer}
                             */
                            readonly feeFrequencyType?: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                            /**
                             * @description Left out: true
                             * @example true
                             */
                            readonly active?: boolean;
                        }[];
                        readonly loanProducts?: readonly {
                            /** @example Term loan, 12 months */
                            readonly name: string;
                            /**
                             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                             * @example TL12
                             */
                            readonly shortName: string;
                            /**
                             * @description What a loan is usually for
                             * @example 1200000
                             */
                            readonly principal: number;
                            /**
                             * @description Usual number of repayments
                             * @example 12
                             */
                            readonly numberOfRepayments: number;
                            /**
                             * @description Every so many days, weeks ...
                             * @example 1
                             */
                            readonly repaymentEvery: number;
                            /**
                             * @description Unit of repaymentEvery. Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                             * @example Days
                             * @enum {string|integer}
                             */
                            readonly repaymentFrequencyType: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                            /**
                             * @description Usual interest rate in percent, at most 6 decimals
                             * @example 2
                             */
                            readonly interestRatePerPeriod: number;
                            /**
                             * @description What the rate is for. Label, or code: 0 Per day, 1 Per week, 2 Per month, 3 Per year, 4 Whole term
                             * @example Per day
                             * @enum {string|integer}
                             */
                            readonly interestRateFrequencyType: "Per day" | "Per week" | "Per month" | "Per year" | "Whole term" | 0 | 1 | 2 | 3 | 4;
                            /** @example Paid back in equal monthly installments */
                            readonly description?: string;
                            /** @example TZS */
                            readonly currencyCode?: string;
                            /**
                             * @description Default: by ISO 4217
                             * @example 2
                             */
                            readonly currencyDecimals?: number;
                            /**
                             * @description Currencies without decimals: amounts are multiples of this; 0 = any
                             * @example 0
                             */
                            readonly currencyInMultiplesOf?: number;
                            /**
                             * @description From when due dates are counted. Label, or code: 1 Disbursement date, 2 Submission date
                             * @example Disbursement date
                             * @enum {string|integer}
                             */
                            readonly repaymentStartDateType?: "Disbursement date" | "Submission date" | 1 | 2;
                            /**
                             * @description How principal is spread. Label, or code: 0 Equal principal payments, 1 Equal installments
                             * @example Equal principal payments
                             * @enum {string|integer}
                             */
                            readonly amortizationType?: "Equal principal payments" | "Equal installments" | 0 | 1;
                            /**
                             * @description What interest is computed on. Label, or code: 0 Declining Balance, 1 Flat
                             * @example Declining Balance
                             * @enum {string|integer}
                             */
                            readonly interestType?: "Declining Balance" | "Flat" | 0 | 1;
                            /**
                             * @description How interest is counted. Label, or code: 0 Daily, 1 Same as repayment period
                             * @example Daily
                             * @enum {string|integer}
                             */
                            readonly interestCalculationPeriodType?: "Daily" | "Same as repayment period" | 0 | 1;
                            /**
                             * @description Parts of a repayment period bear a part of its interest
                             * @example false
                             */
                            readonly allowPartialPeriodInterest?: boolean;
                            /**
                             * @description Day count. Label, or code: 360 360 days, 364 364 days, 365 365 days, 1 Actual
                             * @example 360 days
                             * @enum {string|integer}
                             */
                            readonly daysInYearType?: "360 days" | "364 days" | "365 days" | "Actual" | 360 | 364 | 365 | 1;
                            /**
                             * @description Day count. Label, or code: 30 30 days, 1 Actual
                             * @example 30 days
                             * @enum {string|integer}
                             */
                            readonly daysInMonthType?: "30 days" | "Actual" | 30 | 1;
                            /**
                             * @description Installments at the start without principal
                             * @example 0
                             */
                            readonly graceOnPrincipalPayment?: number;
                            /**
                             * @description Installments at the start whose interest is collected later
                             * @example 0
                             */
                            readonly graceOnInterestPayment?: number;
                            /**
                             * @description Installments at the start free of interest
                             * @example 0
                             */
                            readonly graceOnInterestCharged?: number;
                            /**
                             * @description Days past due before a loan is delinquent
                             * @example 0
                             */
                            readonly graceOnArrearsAgeing?: number;
                            /**
                             * @description How payments are allocated. Label, or code: 1 mifos-standard-strategy, 2 heavensfamily-strategy, 3 creocore-strategy, 4 rbi-india-strategy, 5 principal-interest-penalties-fees-order-strategy, 6 interest-principal-penalties-fees-order-strategy, 7 early-repayment-strategy, 8 due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy, 9 due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy, 10 advanced-payment-allocation-strategy
                             * @example mifos-standard-strategy
                             * @enum {string|integer}
                             */
                            readonly transactionProcessingStrategy?: "mifos-standard-strategy" | "heavensfamily-strategy" | "creocore-strategy" | "rbi-india-strategy" | "principal-interest-penalties-fees-order-strategy" | "interest-principal-penalties-fees-order-strategy" | "early-repayment-strategy" | "due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy" | "due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy" | "advanced-payment-allocation-strategy" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
                            /**
                             * @description Computed up front, or anew with every transaction. Label, or code: 1 Cumulative, 2 Progressive
                             * @example Cumulative
                             * @enum {string|integer}
                             */
                            readonly scheduleType?: "Cumulative" | "Progressive" | 1 | 2;
                            /**
                             * @description Progressive: row by row, or step by step. Label, or code: 1 Horizontal, 2 Vertical
                             * @example Horizontal
                             * @enum {string|integer}
                             */
                            readonly scheduleProcessingType?: "Horizontal" | "Vertical" | 1 | 2;
                            /**
                             * @description With an agreed installment: when the last two are joined
                             * @example 50
                             */
                            readonly principalThresholdForLastInstallment?: number;
                            /**
                             * @description Part of each disbursement is due at once
                             * @example false
                             */
                            readonly downPaymentEnabled?: boolean;
                            /**
                             * @description The down payment is booked with the disbursement
                             * @example false
                             */
                            readonly downPaymentAutomatic?: boolean;
                            /**
                             * @description Paid out in several tranches
                             * @example false
                             */
                            readonly multiDisburse?: boolean;
                            /**
                             * @description Tranches are not planned beforehand
                             * @example false
                             */
                            readonly disallowExpectedDisbursements?: boolean;
                            /**
                             * @description Each installment is classified by itself
                             * @example false
                             */
                            readonly installmentLevelDelinquency?: boolean;
                            /**
                             * @description Non-performing until nothing is overdue
                             * @example false
                             */
                            readonly leavesNonPerformingOnlyWhenArrearsCleared?: boolean;
                            /**
                             * @description What the ledger is told. Label, or code: 1 None, 2 Cash, 3 Accrual (periodic)
                             * @example None
                             * @enum {string|integer}
                             */
                            readonly accountingMethod?: "None" | "Cash" | "Accrual (periodic)" | 1 | 2 | 3;
                            /** @description Advanced allocation only */
                            readonly allocationRules?: readonly {
                                /**
                                 * @description Which payments it is for. Label, or code: 0 Default, 1 Repayment, 2 Down payment, 3 Merchant issued refund, 4 Payout refund, 5 Goodwill credit, 6 Charge refund, 7 Charge adjustment, 8 Waive interest, 9 Charge payment, 10 Cash refund, 11 Interest payment waiver, 12 Interest refund
                                 * @example Default
                                 * @enum {string|integer}
                                 */
                                readonly transactionType: "Default" | "Repayment" | "Down payment" | "Merchant issued refund" | "Payout refund" | "Goodwill credit" | "Charge refund" | "Charge adjustment" | "Waive interest" | "Charge payment" | "Cash refund" | "Interest payment waiver" | "Interest refund" | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;
                                readonly order: readonly ("Past due penalties" | "Past due fees" | "Past due principal" | "Past due interest" | "Due penalties" | "Due fees" | "Due principal" | "Due interest" | "In advance penalties" | "In advance fees" | "In advance principal" | "In advance interest" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12)[];
                                /**
                                 * @description Where money beyond what is due goes. Label, or code: 1 Next installment, 2 Last installment, 3 Reamortization
                                 * @example Next installment
                                 * @enum {string|integer}
                                 */
                                readonly futureInstallments: "Next installment" | "Last installment" | "Reamortization" | 1 | 2 | 3;
                            }[];
                            /** @description Advanced allocation only */
                            readonly creditAllocationRules?: readonly {
                                /**
                                 * @description Which transactions it is for. Label, or code: 1 Chargeback
                                 * @example Chargeback
                                 * @enum {string|integer}
                                 */
                                readonly transactionType: "Chargeback" | 1;
                                readonly order: readonly ("Penalties" | "Fees" | "Principal" | "Interest" | 1 | 2 | 3 | 4)[];
                            }[];
                            /** @description GL code by role; a role left out takes the account of the seeded chart */
                            readonly accounts?: {
                                /** @example 1000 */
                                readonly fundSource?: string;
                                /** @example 1000 */
                                readonly loanPortfolio?: string;
                                /** @example 1000 */
                                readonly transfersInSuspense?: string;
                                /** @example 1000 */
                                readonly interestReceivable?: string;
                                /** @example 1000 */
                                readonly feeReceivable?: string;
                                /** @example 1000 */
                                readonly penaltyReceivable?: string;
                                /** @example 1000 */
                                readonly interestIncome?: string;
                                /** @example 1000 */
                                readonly feeIncome?: string;
                                /** @example 1000 */
                                readonly penaltyIncome?: string;
                                /** @example 1000 */
                                readonly recoveryIncome?: string;
                                /** @example 1000 */
                                readonly writeOff?: string;
                                /** @example 1000 */
                                readonly overpayment?: string;
                                /** @example 1000 */
                                readonly goodwillCredit?: string;
                                /** @example 1000 */
                                readonly goodwillInterest?: string;
                                /** @example 1000 */
                                readonly goodwillFee?: string;
                                /** @example 1000 */
                                readonly goodwillPenalty?: string;
                                /** @example 1000 */
                                readonly chargeOffExpense?: string;
                                /** @example 1000 */
                                readonly chargeOffFraudExpense?: string;
                                /** @example 1000 */
                                readonly chargeOffInterest?: string;
                                /** @example 1000 */
                                readonly chargeOffFee?: string;
                                /** @example 1000 */
                                readonly chargeOffPenalty?: string;
                            };
                            /**
                             * @description GL code of the fund source by short name of a payment type, where it differs
                             * @example {}
                             */
                            readonly fundSourceByPaymentType?: {
                                readonly [key: string]: string;
                            };
                            /**
                             * @description Refunds that bring back the interest on the refunded amount as well
                             * @example []
                             */
                            readonly interestRefundFor?: readonly ("Merchant issued refund" | "Payout refund" | 1 | 2)[];
                            /**
                             * @description Codes of the fees that each loan begins with, and of its overdue penalties
                             * @example []
                             */
                            readonly charges?: readonly string[];
                            /**
                             * @description Terms that a loan may choose
                             * @example [
                             *       "numberOfRepayments"
                             *     ]
                             */
                            readonly overridableTerms?: readonly string[];
                            /**
                             * @description Least principal of a loan
                             * @example 1000
                             */
                            readonly minPrincipal?: number;
                            /**
                             * @description Largest principal of a loan
                             * @example 5000000
                             */
                            readonly maxPrincipal?: number;
                            /**
                             * @description Fewest repayments
                             * @example 1
                             */
                            readonly minNumberOfRepayments?: number;
                            /**
                             * @description Most repayments
                             * @example 36
                             */
                            readonly maxNumberOfRepayments?: number;
                            /**
                             * @description Lowest rate
                             * @example 0
                             */
                            readonly minInterestRatePerPeriod?: number;
                            /**
                             * @description Highest rate
                             * @example 10
                             */
                            readonly maxInterestRatePerPeriod?: number;
                            /**
                             * Format: date
                             * @example 2025-01-31
                             */
                            readonly offeredFromDate?: string;
                            /**
                             * Format: date
                             * @example 2025-01-31
                             */
                            readonly offeredUntilDate?: string;
                            /** @description Interest follows the actual payments */
                            readonly interestRecalculation?: {
                                /**
                                 * @description When payments begin to count. Label, or code: 1 Same as repayment period, 2 Daily
                                 * @example Same as repayment period
                                 * @enum {string|integer}
                                 */
                                readonly restFrequency: "Same as repayment period" | "Daily" | 1 | 2;
                                /**
                                 * @description What an early payment changes. Label, or code: 1 Reschedule next repayments, 2 Reduce number of installments, 3 Reduce installment amount, 4 Adjust last unpaid period
                                 * @example Reschedule next repayments
                                 * @enum {string|integer}
                                 */
                                readonly rescheduleStrategy: "Reschedule next repayments" | "Reduce number of installments" | "Reduce installment amount" | "Adjust last unpaid period" | 1 | 2 | 3 | 4;
                                /**
                                 * @description Until when a payoff bears interest. Label, or code: 1 Till pre-close date, 2 Till rest frequency date
                                 * @example Till pre-close date
                                 * @enum {string|integer}
                                 */
                                readonly preCloseRule: "Till pre-close date" | "Till rest frequency date" | 1 | 2;
                                /**
                                 * @description What bears interest itself. Label, or code: 0 None, 1 Interest, 2 Fee, 3 Interest and fee
                                 * @example None
                                 * @enum {string|integer}
                                 */
                                readonly compounding: "None" | "Interest" | "Fee" | "Interest and fee" | 0 | 1 | 2 | 3;
                                /** @example 1 */
                                readonly compoundingDay?: number;
                                /**
                                 * @description Arrears by the first schedule
                                 * @example false
                                 */
                                readonly arrearsBasedOnOriginalSchedule?: boolean;
                            };
                            /**
                             * @description Installments are multiples of so many currency units
                             * @example 1
                             */
                            readonly installmentAmountInMultiplesOf?: number;
                            /**
                             * @description Length of the loan in units of repaymentFrequencyType
                             * @example 90
                             */
                            readonly fixedLength?: number;
                            /**
                             * @description Equal principal payments: share of each
                             * @example 5
                             */
                            readonly fixedPrincipalPercentagePerInstallment?: number;
                            /**
                             * @description Share of a disbursement that is due at once
                             * @example 25
                             */
                            readonly downPaymentPercentage?: number;
                            /**
                             * @description Most disbursements
                             * @example 10
                             */
                            readonly maxTrancheCount?: number;
                            /**
                             * @description Largest principal outstanding after a tranche
                             * @example 10000000
                             */
                            readonly maxOutstandingBalance?: number;
                            /**
                             * @description By how much more may be approved than was applied for
                             * @example 50
                             */
                            readonly overAppliedPercentage?: number;
                            /**
                             * @description Days in arrears after which a loan is non-performing
                             * @example 90
                             */
                            readonly overdueDaysForNonPerforming?: number;
                            /**
                             * @description So much may be open, or overpaid, when a loan is closed by hand
                             * @example 100
                             */
                            readonly closingTolerance?: number;
                            /**
                             * @description Accrued income is stated by transactions of its own
                             * @example false
                             */
                            readonly statesAccrualActivity?: boolean;
                            /**
                             * @description Days before a due date at which the reminder is raised
                             * @example 1
                             */
                            readonly daysBeforeRepaymentIsDue?: number;
                            /**
                             * @description Days after a due date at which the overdue event is raised
                             * @example 2
                             */
                            readonly daysAfterRepaymentIsOverdue?: number;
                            /**
                             * @description Code of a bucket
                             * @example STANDARD
                             */
                            readonly delinquencyBucket?: string;
                            /** @enum {string} */
                            readonly status?: "active" | "inactive";
                        }[];
                    };
                    /**
                     * @description Only tell what would change
                     * @example true
                     */
                    readonly dryRun?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "applied": true,
                     *       "changes": [
                     *         {
                     *           "section": "charges",
                     *           "name": "LATE_FEE",
                     *           "action": "create",
                     *           "fields": [
                     *             {
                     *               "field": "amount",
                     *               "before": 1,
                     *               "after": 1.5
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "unnamed": [
                     *         {
                     *           "section": "charges",
                     *           "name": "LATE_FEE"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @description false: a dry run, nothing was written */
                        readonly applied: boolean;
                        readonly changes: readonly {
                            /**
                             * @example charges
                             * @enum {string}
                             */
                            readonly section: "glAccounts" | "offices" | "paymentTypes" | "closureReasons" | "delinquencyBuckets" | "charges" | "loanProducts";
                            /** @example LATE_FEE */
                            readonly name: string;
                            /** @enum {string} */
                            readonly action: "create" | "update";
                            readonly fields: readonly {
                                /** @example amount */
                                readonly field: string;
                                /** @example 1 */
                                readonly before?: unknown;
                                /** @example 1.5 */
                                readonly after?: unknown;
                            }[];
                        }[];
                        /** @description In sections of the document, but not named by it: they stay as they are */
                        readonly unnamed: readonly {
                            /**
                             * @example charges
                             * @enum {string}
                             */
                            readonly section: "glAccounts" | "offices" | "paymentTypes" | "closureReasons" | "delinquencyBuckets" | "charges" | "loanProducts";
                            /** @example LATE_FEE */
                            readonly name: string;
                        }[];
                    };
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listCustomers: {
        readonly parameters: {
            readonly query?: {
                /** @description Page number, from 1 */
                readonly page?: number;
                /** @description Items per page, at most 100 */
                readonly rows?: number;
                readonly orderBy?: "id" | "displayName" | "submittedDate" | "activationDate";
                readonly sortOrder?: "ASC" | "DESC";
                /** @description The `nextCursor` of the page before, in place of `page`. Keep the other fields as they were. */
                readonly after?: string;
                /**
                 * @description The caller's own id, 1 to 128 characters of any kind
                 * @example CUST-7781
                 */
                readonly externalId?: string;
                /** @description Pending, Active or Closed, or its code */
                readonly status?: string;
                /** @description Beginnings of name, phone or external id */
                readonly q?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "7",
                     *           "accountNo": "000000007",
                     *           "externalId": "CUST-7781",
                     *           "officeName": "Head Office",
                     *           "firstname": "CUST-7781",
                     *           "lastname": "Customer",
                     *           "displayName": "CUST-7781 Customer",
                     *           "mobileNo": "255713000111",
                     *           "submittedDate": "2025-01-15",
                     *           "activationDate": "2025-01-15",
                     *           "status": "Active",
                     *           "active": true,
                     *           "officeId": "1"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "page": 1,
                     *       "rowsPerPage": 10
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Customer"][];
                        /** @description Number of items on all pages */
                        readonly total: number;
                        readonly page: number;
                        readonly rowsPerPage: number;
                        /** @description Give it as `after` to read on; absent on the last page */
                        readonly nextCursor?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "externalId": "CUST-7781",
                 *       "firstname": "Asha",
                 *       "lastname": "Mollel",
                 *       "mobileNo": "255713000111",
                 *       "emailAddress": "asha@example.com",
                 *       "dateOfBirth": "1990-04-12"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId: string;
                    /** @example Asha */
                    readonly firstname?: string;
                    /** @example Asha */
                    readonly middlename?: string;
                    /** @example Asha */
                    readonly lastname?: string;
                    /** @example Asha Mollel */
                    readonly fullname?: string;
                    /** @example 255713000111 */
                    readonly mobileNo?: string;
                    /**
                     * Format: email
                     * @example asha@example.com
                     */
                    readonly emailAddress?: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly dateOfBirth?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly officeId?: string | number;
                    /**
                     * @description false: the customer stays Pending
                     * @default true
                     */
                    readonly active?: boolean;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly activationDate?: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly submittedDate?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Customer"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getCustomerByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly customer_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Customer"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateCustomerByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly customer_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "externalId": "CUST-7782"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    /** @example Asha */
                    readonly firstname?: string;
                    /** @example Asha */
                    readonly middlename?: string;
                    /** @example Asha */
                    readonly lastname?: string;
                    /** @example Asha Mollel */
                    readonly fullname?: string;
                    /** @example 255713000111 */
                    readonly mobileNo?: string;
                    /**
                     * Format: email
                     * @example asha@example.com
                     */
                    readonly emailAddress?: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly dateOfBirth?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Customer"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deleteCustomerByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly customer_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly activateCustomerByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly customer_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "activationDate": "2025-01-31"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly activationDate: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Customer"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly closeCustomerByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly customer_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "closureDate": "2025-01-31",
                 *       "closureReasonId": "17"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly closureDate: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly closureReasonId: string | number;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Customer"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly customer_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Customer"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly customer_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "externalId": "CUST-7782"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    /** @example Asha */
                    readonly firstname?: string;
                    /** @example Asha */
                    readonly middlename?: string;
                    /** @example Asha */
                    readonly lastname?: string;
                    /** @example Asha Mollel */
                    readonly fullname?: string;
                    /** @example 255713000111 */
                    readonly mobileNo?: string;
                    /**
                     * Format: email
                     * @example asha@example.com
                     */
                    readonly emailAddress?: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly dateOfBirth?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Customer"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deleteCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly customer_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly activateCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly customer_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "activationDate": "2025-01-31"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly activationDate: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Customer"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly closeCustomer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly customer_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "closureDate": "2025-01-31",
                 *       "closureReasonId": "17"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly closureDate: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly closureReasonId: string | number;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Customer"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listDelinquencyBuckets: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "code": "STANDARD",
                     *           "name": "Standard",
                     *           "ranges": [
                     *             {
                     *               "code": "DAYS_1_30",
                     *               "name": "1 to 30 days past due",
                     *               "minDays": 1,
                     *               "maxDays": 30
                     *             }
                     *           ],
                     *           "version": 1
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["DelinquencyBucket"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createDelinquencyBucket: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "code": "STANDARD",
                 *       "name": "Standard",
                 *       "ranges": [
                 *         {
                 *           "code": "DAYS_1_30",
                 *           "name": "1 to 30 days past due",
                 *           "minDays": 1,
                 *           "maxDays": 30
                 *         }
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Letters, digits, _ . -
                     * @example STANDARD
                     */
                    readonly code: string;
                    /** @example Standard */
                    readonly name: string;
                    /** @description Upwards, without overlaps */
                    readonly ranges: readonly {
                        /**
                         * @description Letters, digits, _ . -
                         * @example DAYS_1_30
                         */
                        readonly code: string;
                        /** @example 1 to 30 days past due */
                        readonly name: string;
                        /** @example 1 */
                        readonly minDays: number;
                        /**
                         * @description Absent: open
                         * @example 30
                         */
                        readonly maxDays?: number;
                    }[];
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DelinquencyBucket"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getDelinquencyBucket: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly bucket_code: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DelinquencyBucket"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateDelinquencyBucket: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly bucket_code: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Standard",
                 *       "ranges": [
                 *         {
                 *           "code": "DAYS_1_30",
                 *           "name": "1 to 30 days past due",
                 *           "minDays": 1,
                 *           "maxDays": 30
                 *         }
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    /** @example Standard */
                    readonly name: string;
                    /** @description Upwards, without overlaps */
                    readonly ranges: readonly {
                        /**
                         * @description Letters, digits, _ . -
                         * @example DAYS_1_30
                         */
                        readonly code: string;
                        /** @example 1 to 30 days past due */
                        readonly name: string;
                        /** @example 1 */
                        readonly minDays: number;
                        /**
                         * @description Absent: open
                         * @example 30
                         */
                        readonly maxDays?: number;
                    }[];
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DelinquencyBucket"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deleteDelinquencyBucket: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly bucket_code: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 202: components["responses"]["pending"];
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getFourEyes: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "operations": [
                     *         "writeOffLoan"
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description By their operation ids in this document, without `ByExternalId`
                         * @example [
                         *       "writeOffLoan"
                         *     ]
                         */
                        readonly operations: readonly string[];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly setFourEyes: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "operations": [
                 *         "writeOffLoan"
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description By their operation ids in this document, without `ByExternalId`
                     * @example [
                     *       "writeOffLoan"
                     *     ]
                     */
                    readonly operations: readonly string[];
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "operations": [
                     *         "writeOffLoan"
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description By their operation ids in this document, without `ByExternalId`
                         * @example [
                         *       "writeOffLoan"
                         *     ]
                         */
                        readonly operations: readonly string[];
                    };
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listGlAccounts: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "glCode": "1100",
                     *           "name": "Bank charges",
                     *           "type": "asset",
                     *           "active": true
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["GlAccount"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createGlAccount: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "glCode": "5400",
                 *       "name": "Bank charges",
                 *       "type": "asset"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description 1 to 32 letters, digits, dots, dashes or underscores
                     * @example 5400
                     */
                    readonly glCode: string;
                    /** @example Bank charges */
                    readonly name: string;
                    /** @enum {string} */
                    readonly type: "asset" | "liability" | "equity" | "income" | "expense";
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["GlAccount"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateGlAccount: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly gl_code: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Bank charges",
                 *       "active": true
                 *     }
                 */
                readonly "application/json": {
                    /** @example Bank charges */
                    readonly name?: string;
                    /**
                     * @description Takes entries made by hand
                     * @example true
                     */
                    readonly active?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["GlAccount"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listGlClosures: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "2025-01-31",
                     *           "closingDate": "2025-01-31",
                     *           "note": "January",
                     *           "createdBy": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *           "createdAt": "2025-01-31T09:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["GlClosure"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createGlClosure: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "closingDate": "2025-01-31",
                 *       "note": "January"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly closingDate: string;
                    /** @example January */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["GlClosure"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deleteGlClosure: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly closure_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 202: components["responses"]["pending"];
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly importCustomers: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "customers": [
                 *         {
                 *           "externalId": "CUST-7781",
                 *           "firstname": "Asha",
                 *           "lastname": "Mollel",
                 *           "mobileNo": "255713000111",
                 *           "emailAddress": "asha@example.com",
                 *           "dateOfBirth": "1990-04-12"
                 *         }
                 *       ],
                 *       "source": "loans-2025.csv",
                 *       "allOrNothing": false,
                 *       "dryRun": false
                 *     }
                 */
                readonly "application/json": {
                    readonly customers: readonly {
                        /**
                         * @description The caller's own id, 1 to 128 characters of any kind
                         * @example CUST-7781
                         */
                        readonly externalId: string;
                        /** @example Asha */
                        readonly firstname?: string;
                        /** @example Asha */
                        readonly middlename?: string;
                        /** @example Asha */
                        readonly lastname?: string;
                        /** @example Asha Mollel */
                        readonly fullname?: string;
                        /** @example 255713000111 */
                        readonly mobileNo?: string;
                        /**
                         * Format: email
                         * @example asha@example.com
                         */
                        readonly emailAddress?: string;
                        /**
                         * Format: date
                         * @description YYYY-MM-DD
                         * @example 2025-01-31
                         */
                        readonly dateOfBirth?: string;
                        /**
                         * @description An id, as string or integer
                         * @example 42
                         */
                        readonly officeId?: string | number;
                        /**
                         * @description false: the customer stays Pending
                         * @default true
                         */
                        readonly active?: boolean;
                        /**
                         * Format: date
                         * @description YYYY-MM-DD
                         * @example 2025-01-31
                         */
                        readonly activationDate?: string;
                        /**
                         * Format: date
                         * @description YYYY-MM-DD
                         * @example 2025-01-31
                         */
                        readonly submittedDate?: string;
                    }[];
                    /**
                     * @description Where the lines come from; kept in the audit trail
                     * @example loans-2025.csv
                     */
                    readonly source?: string;
                    /**
                     * @description true: one refused line, and nothing of the call is stored
                     * @default false
                     */
                    readonly allOrNothing?: boolean;
                    /**
                     * @description true: every line is judged, nothing is stored
                     * @default false
                     */
                    readonly dryRun?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Import"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly importLoans: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "loans": [
                 *         {
                 *           "productId": "42",
                 *           "principal": 250000,
                 *           "externalId": "CUST-7781",
                 *           "disburse": true,
                 *           "submittedOnDate": "2025-01-31",
                 *           "expectedDisbursementDate": "2025-01-31",
                 *           "numberOfRepayments": 12,
                 *           "repaymentEvery": 1,
                 *           "repaymentFrequencyType": "Days",
                 *           "interestRatePerPeriod": 2,
                 *           "interestType": "Declining Balance",
                 *           "amortizationType": "Equal principal payments",
                 *           "interestCalculationPeriodType": "Daily",
                 *           "graceOnPrincipalPayment": 1,
                 *           "graceOnInterestPayment": 1,
                 *           "graceOnInterestCharged": 1,
                 *           "firstRepaymentDate": "2025-01-31",
                 *           "interestChargedFromDate": "2025-01-31",
                 *           "customerId": "42",
                 *           "customerExternalId": "CUST-7781",
                 *           "repayments": [
                 *             {
                 *               "transactionAmount": 250000,
                 *               "transactionDate": "2025-01-31",
                 *               "paymentTypeId": "42",
                 *               "receiptNumber": "text",
                 *               "externalId": "CUST-7781",
                 *               "note": "text"
                 *             }
                 *           ]
                 *         }
                 *       ],
                 *       "source": "loans-2025.csv",
                 *       "allOrNothing": false,
                 *       "dryRun": false
                 *     }
                 */
                readonly "application/json": {
                    readonly loans: readonly {
                        /**
                         * @description An id, as string or integer
                         * @example 42
                         */
                        readonly productId: string | number;
                        /**
                         * @description Amount, more than 0
                         * @example 250000
                         */
                        readonly principal: number;
                        /**
                         * @description The caller's own id, 1 to 128 characters of any kind
                         * @example CUST-7781
                         */
                        readonly externalId: string;
                        /**
                         * @description false: the loan stays submitted
                         * @default true
                         */
                        readonly disburse?: boolean;
                        /**
                         * Format: date
                         * @description YYYY-MM-DD
                         * @example 2025-01-31
                         */
                        readonly submittedOnDate?: string;
                        /**
                         * Format: date
                         * @description YYYY-MM-DD
                         * @example 2025-01-31
                         */
                        readonly expectedDisbursementDate?: string;
                        /** @example 12 */
                        readonly numberOfRepayments?: number;
                        /** @example 1 */
                        readonly repaymentEvery?: number;
                        /**
                         * @description Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                         * @example Days
                         * @enum {string|integer}
                         */
                        readonly repaymentFrequencyType?: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                        /**
                         * @description Percent
                         * @example 2
                         */
                        readonly interestRatePerPeriod?: number;
                        /**
                         * @description Label, or code: 0 Declining Balance, 1 Flat
                         * @example Declining Balance
                         * @enum {string|integer}
                         */
                        readonly interestType?: "Declining Balance" | "Flat" | 0 | 1;
                        /**
                         * @description Label, or code: 0 Equal principal payments, 1 Equal installments
                         * @example Equal principal payments
                         * @enum {string|integer}
                         */
                        readonly amortizationType?: "Equal principal payments" | "Equal installments" | 0 | 1;
                        /**
                         * @description Label, or code: 0 Daily, 1 Same as repayment period
                         * @example Daily
                         * @enum {string|integer}
                         */
                        readonly interestCalculationPeriodType?: "Daily" | "Same as repayment period" | 0 | 1;
                        /** @description Installments at the start without principal */
                        readonly graceOnPrincipalPayment?: number;
                        /** @description Installments at the start whose interest is collected later */
                        readonly graceOnInterestPayment?: number;
                        /** @description Installments at the start free of interest */
                        readonly graceOnInterestCharged?: number;
                        /**
                         * Format: date
                         * @description YYYY-MM-DD
                         * @example 2025-01-31
                         */
                        readonly firstRepaymentDate?: string;
                        /**
                         * Format: date
                         * @description YYYY-MM-DD
                         * @example 2025-01-31
                         */
                        readonly interestChargedFromDate?: string;
                        /**
                         * @description An id, as string or integer
                         * @example 42
                         */
                        readonly customerId?: string | number;
                        /**
                         * @description A customer of this name is made where there is none
                         * @example CUST-7781
                         */
                        readonly customerExternalId?: string;
                        /** @description What was repaid so far, in the order of the days on which it came */
                        readonly repayments?: readonly {
                            /**
                             * @description Amount, more than 0
                             * @example 250000
                             */
                            readonly transactionAmount: number;
                            /**
                             * Format: date
                             * @description Value date; today when absent
                             * @example 2025-01-31
                             */
                            readonly transactionDate?: string;
                            /**
                             * @description An id, as string or integer
                             * @example 42
                             */
                            readonly paymentTypeId?: string | number;
                            readonly receiptNumber?: string;
                            /**
                             * @description The caller's own id, 1 to 128 characters of any kind
                             * @example CUST-7781
                             */
                            readonly externalId?: string;
                            readonly note?: string;
                        }[];
                    }[];
                    /**
                     * @description Where the lines come from; kept in the audit trail
                     * @example loans-2025.csv
                     */
                    readonly source?: string;
                    /**
                     * @description true: one refused line, and nothing of the call is stored
                     * @default false
                     */
                    readonly allOrNothing?: boolean;
                    /**
                     * @description true: every line is judged, nothing is stored
                     * @default false
                     */
                    readonly dryRun?: boolean;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Import"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listJournalEntries: {
        readonly parameters: {
            readonly query?: {
                /** @description Page number, from 1 */
                readonly page?: number;
                /** @description Items per page, at most 100 */
                readonly rows?: number;
                readonly orderBy?: "date";
                readonly sortOrder?: "ASC" | "DESC";
                /** @description The `nextCursor` of the page before, in place of `page`. Keep the other fields as they were. */
                readonly after?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly loanId?: string | number;
                /**
                 * @description A transaction of the loan that `loanId` names
                 * @example 42
                 */
                readonly transactionId?: string | number;
                /** @example 1100 */
                readonly glCode?: string;
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly fromDate?: string;
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly toDate?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42-1",
                     *           "date": "2025-01-31",
                     *           "origin": "loan",
                     *           "loanId": "42",
                     *           "loanExternalId": "LOAN-7781",
                     *           "transactionId": "1001",
                     *           "transactionType": "Disbursement",
                     *           "lines": [
                     *             {
                     *               "glCode": "1100",
                     *               "name": "Loan portfolio",
                     *               "debit": 250000
                     *             },
                     *             {
                     *               "glCode": "1000",
                     *               "name": "Cash and mobile money",
                     *               "credit": 250000
                     *             }
                     *           ],
                     *           "recordedAt": "2025-01-31T09:00:00.000Z"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "page": 1,
                     *       "rowsPerPage": 10
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["JournalEntry"][];
                        /** @description Number of items on all pages */
                        readonly total: number;
                        readonly page: number;
                        readonly rowsPerPage: number;
                        /** @description Give it as `after` to read on; absent on the last page */
                        readonly nextCursor?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createJournalEntry: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "date": "2025-01-31",
                 *       "reason": "Share capital paid in",
                 *       "lines": [
                 *         {
                 *           "glCode": "1000",
                 *           "debit": 1000000
                 *         },
                 *         {
                 *           "glCode": "3000",
                 *           "credit": 1000000
                 *         }
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly date: string;
                    /** @example Share capital paid in */
                    readonly reason: string;
                    /** @description Debits equal credits */
                    readonly lines: readonly {
                        /** @example 3000 */
                        readonly glCode: string;
                        /**
                         * @description Amount, more than 0
                         * @example 250000
                         */
                        readonly debit?: number;
                        /**
                         * @description Amount, more than 0
                         * @example 250000
                         */
                        readonly credit?: number;
                    }[];
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JournalEntry"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getJournalEntry: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                readonly entry_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JournalEntry"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reverseJournalEntry: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                readonly entry_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "reason": "Share capital paid in",
                 *       "date": "2025-01-31"
                 *     }
                 */
                readonly "application/json": {
                    /** @example Share capital paid in */
                    readonly reason: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly date?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["JournalEntry"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listLoanProducts: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "status": "active",
                     *           "version": 1,
                     *           "name": "Term loan, 12 months",
                     *           "shortName": "TL12",
                     *           "principal": 1200000,
                     *           "numberOfRepayments": 12,
                     *           "repaymentEvery": 1,
                     *           "repaymentFrequencyType": "Days",
                     *           "interestRatePerPeriod": 2,
                     *           "interestRateFrequencyType": "Per day",
                     *           "description": "Paid back in equal monthly installments",
                     *           "currencyCode": "TZS",
                     *           "currencyDecimals": 2,
                     *           "currencyInMultiplesOf": 0,
                     *           "repaymentStartDateType": "Disbursement date",
                     *           "amortizationType": "Equal principal payments",
                     *           "interestType": "Declining Balance",
                     *           "interestCalculationPeriodType": "Daily",
                     *           "allowPartialPeriodInterest": false,
                     *           "daysInYearType": "360 days",
                     *           "daysInMonthType": "30 days",
                     *           "graceOnPrincipalPayment": 0,
                     *           "graceOnInterestPayment": 0,
                     *           "graceOnInterestCharged": 0,
                     *           "graceOnArrearsAgeing": 0,
                     *           "transactionProcessingStrategy": "mifos-standard-strategy",
                     *           "scheduleType": "Cumulative",
                     *           "scheduleProcessingType": "Horizontal",
                     *           "principalThresholdForLastInstallment": 50,
                     *           "downPaymentEnabled": false,
                     *           "downPaymentAutomatic": false,
                     *           "multiDisburse": false,
                     *           "disallowExpectedDisbursements": false,
                     *           "installmentLevelDelinquency": false,
                     *           "leavesNonPerformingOnlyWhenArrearsCleared": false,
                     *           "accountingMethod": "None",
                     *           "allocationRules": [
                     *             {
                     *               "transactionType": "Default",
                     *               "order": [
                     *                 "Past due penalties",
                     *                 "Past due fees",
                     *                 "Past due principal",
                     *                 "Past due interest",
                     *                 "Due penalties",
                     *                 "Due fees",
                     *                 "Due principal",
                     *                 "Due interest",
                     *                 "In advance penalties",
                     *                 "In advance fees",
                     *                 "In advance principal",
                     *                 "In advance interest"
                     *               ],
                     *               "futureInstallments": "Next installment"
                     *             }
                     *           ],
                     *           "creditAllocationRules": [
                     *             {
                     *               "transactionType": "Chargeback",
                     *               "order": [
                     *                 "Penalties",
                     *                 "Fees",
                     *                 "Principal",
                     *                 "Interest"
                     *               ]
                     *             }
                     *           ],
                     *           "accounts": {
                     *             "fundSource": "1000",
                     *             "loanPortfolio": "1000",
                     *             "transfersInSuspense": "1000",
                     *             "interestReceivable": "1000",
                     *             "feeReceivable": "1000",
                     *             "penaltyReceivable": "1000",
                     *             "interestIncome": "1000",
                     *             "feeIncome": "1000",
                     *             "penaltyIncome": "1000",
                     *             "recoveryIncome": "1000",
                     *             "writeOff": "1000",
                     *             "overpayment": "1000",
                     *             "goodwillCredit": "1000",
                     *             "goodwillInterest": "1000",
                     *             "goodwillFee": "1000",
                     *             "goodwillPenalty": "1000",
                     *             "chargeOffExpense": "1000",
                     *             "chargeOffFraudExpense": "1000",
                     *             "chargeOffInterest": "1000",
                     *             "chargeOffFee": "1000",
                     *             "chargeOffPenalty": "1000"
                     *           },
                     *           "fundSourceByPaymentType": {},
                     *           "interestRefundFor": [],
                     *           "charges": [],
                     *           "overridableTerms": [
                     *             "numberOfRepayments"
                     *           ],
                     *           "minPrincipal": 1000,
                     *           "maxPrincipal": 5000000,
                     *           "minNumberOfRepayments": 1,
                     *           "maxNumberOfRepayments": 36,
                     *           "minInterestRatePerPeriod": 0,
                     *           "maxInterestRatePerPeriod": 10,
                     *           "offeredFromDate": "2025-01-31",
                     *           "offeredUntilDate": "2025-01-31",
                     *           "interestRecalculation": {
                     *             "restFrequency": "Same as repayment period",
                     *             "rescheduleStrategy": "Reschedule next repayments",
                     *             "preCloseRule": "Till pre-close date",
                     *             "compounding": "None",
                     *             "compoundingDay": 1,
                     *             "arrearsBasedOnOriginalSchedule": false
                     *           },
                     *           "installmentAmountInMultiplesOf": 1,
                     *           "fixedLength": 90,
                     *           "fixedPrincipalPercentagePerInstallment": 5,
                     *           "downPaymentPercentage": 25,
                     *           "maxTrancheCount": 10,
                     *           "maxOutstandingBalance": 10000000,
                     *           "overAppliedPercentage": 50,
                     *           "overdueDaysForNonPerforming": 90,
                     *           "closingTolerance": 100,
                     *           "statesAccrualActivity": false,
                     *           "daysBeforeRepaymentIsDue": 1,
                     *           "daysAfterRepaymentIsOverdue": 2,
                     *           "delinquencyBucket": "STANDARD",
                     *           "delinquencyRanges": [
                     *             {
                     *               "code": "DAYS_1_30",
                     *               "name": "1 to 30 days past due",
                     *               "minDays": 1,
                     *               "maxDays": 30
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["LoanProduct"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createLoanProduct: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "School loan",
                 *       "shortName": "SCHOOL",
                 *       "principal": 300000,
                 *       "minPrincipal": 50000,
                 *       "maxPrincipal": 1000000,
                 *       "numberOfRepayments": 6,
                 *       "minNumberOfRepayments": 3,
                 *       "maxNumberOfRepayments": 12,
                 *       "repaymentEvery": 1,
                 *       "repaymentFrequencyType": "Months",
                 *       "interestRatePerPeriod": 1.5,
                 *       "interestRateFrequencyType": "Per month",
                 *       "daysInYearType": "360 days",
                 *       "daysInMonthType": "30 days",
                 *       "delinquencyBucket": "STANDARD",
                 *       "overridableTerms": [
                 *         "numberOfRepayments"
                 *       ]
                 *     }
                 */
                readonly "application/json": {
                    /** @example Term loan, 12 months */
                    readonly name: string;
                    /**
                     * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                     * @example TL12
                     */
                    readonly shortName: string;
                    /**
                     * @description What a loan is usually for
                     * @example 1200000
                     */
                    readonly principal: number;
                    /**
                     * @description Usual number of repayments
                     * @example 12
                     */
                    readonly numberOfRepayments: number;
                    /**
                     * @description Every so many days, weeks ...
                     * @example 1
                     */
                    readonly repaymentEvery: number;
                    /**
                     * @description Unit of repaymentEvery. Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                     * @example Days
                     * @enum {string|integer}
                     */
                    readonly repaymentFrequencyType: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                    /**
                     * @description Usual interest rate in percent, at most 6 decimals
                     * @example 2
                     */
                    readonly interestRatePerPeriod: number;
                    /**
                     * @description What the rate is for. Label, or code: 0 Per day, 1 Per week, 2 Per month, 3 Per year, 4 Whole term
                     * @example Per day
                     * @enum {string|integer}
                     */
                    readonly interestRateFrequencyType: "Per day" | "Per week" | "Per month" | "Per year" | "Whole term" | 0 | 1 | 2 | 3 | 4;
                    /** @example Paid back in equal monthly installments */
                    readonly description?: string;
                    /** @example TZS */
                    readonly currencyCode?: string;
                    /**
                     * @description Default: by ISO 4217
                     * @example 2
                     */
                    readonly currencyDecimals?: number;
                    /**
                     * @description Currencies without decimals: amounts are multiples of this; 0 = any
                     * @example 0
                     */
                    readonly currencyInMultiplesOf?: number;
                    /**
                     * @description From when due dates are counted. Label, or code: 1 Disbursement date, 2 Submission date
                     * @example Disbursement date
                     * @enum {string|integer}
                     */
                    readonly repaymentStartDateType?: "Disbursement date" | "Submission date" | 1 | 2;
                    /**
                     * @description How principal is spread. Label, or code: 0 Equal principal payments, 1 Equal installments
                     * @example Equal principal payments
                     * @enum {string|integer}
                     */
                    readonly amortizationType?: "Equal principal payments" | "Equal installments" | 0 | 1;
                    /**
                     * @description What interest is computed on. Label, or code: 0 Declining Balance, 1 Flat
                     * @example Declining Balance
                     * @enum {string|integer}
                     */
                    readonly interestType?: "Declining Balance" | "Flat" | 0 | 1;
                    /**
                     * @description How interest is counted. Label, or code: 0 Daily, 1 Same as repayment period
                     * @example Daily
                     * @enum {string|integer}
                     */
                    readonly interestCalculationPeriodType?: "Daily" | "Same as repayment period" | 0 | 1;
                    /**
                     * @description Parts of a repayment period bear a part of its interest
                     * @example false
                     */
                    readonly allowPartialPeriodInterest?: boolean;
                    /**
                     * @description Day count. Label, or code: 360 360 days, 364 364 days, 365 365 days, 1 Actual
                     * @example 360 days
                     * @enum {string|integer}
                     */
                    readonly daysInYearType?: "360 days" | "364 days" | "365 days" | "Actual" | 360 | 364 | 365 | 1;
                    /**
                     * @description Day count. Label, or code: 30 30 days, 1 Actual
                     * @example 30 days
                     * @enum {string|integer}
                     */
                    readonly daysInMonthType?: "30 days" | "Actual" | 30 | 1;
                    /**
                     * @description Installments at the start without principal
                     * @example 0
                     */
                    readonly graceOnPrincipalPayment?: number;
                    /**
                     * @description Installments at the start whose interest is collected later
                     * @example 0
                     */
                    readonly graceOnInterestPayment?: number;
                    /**
                     * @description Installments at the start free of interest
                     * @example 0
                     */
                    readonly graceOnInterestCharged?: number;
                    /**
                     * @description Days past due before a loan is delinquent
                     * @example 0
                     */
                    readonly graceOnArrearsAgeing?: number;
                    /**
                     * @description How payments are allocated. Label, or code: 1 mifos-standard-strategy, 2 heavensfamily-strategy, 3 creocore-strategy, 4 rbi-india-strategy, 5 principal-interest-penalties-fees-order-strategy, 6 interest-principal-penalties-fees-order-strategy, 7 early-repayment-strategy, 8 due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy, 9 due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy, 10 advanced-payment-allocation-strategy
                     * @example mifos-standard-strategy
                     * @enum {string|integer}
                     */
                    readonly transactionProcessingStrategy?: "mifos-standard-strategy" | "heavensfamily-strategy" | "creocore-strategy" | "rbi-india-strategy" | "principal-interest-penalties-fees-order-strategy" | "interest-principal-penalties-fees-order-strategy" | "early-repayment-strategy" | "due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy" | "due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy" | "advanced-payment-allocation-strategy" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
                    /**
                     * @description Computed up front, or anew with every transaction. Label, or code: 1 Cumulative, 2 Progressive
                     * @example Cumulative
                     * @enum {string|integer}
                     */
                    readonly scheduleType?: "Cumulative" | "Progressive" | 1 | 2;
                    /**
                     * @description Progressive: row by row, or step by step. Label, or code: 1 Horizontal, 2 Vertical
                     * @example Horizontal
                     * @enum {string|integer}
                     */
                    readonly scheduleProcessingType?: "Horizontal" | "Vertical" | 1 | 2;
                    /**
                     * @description With an agreed installment: when the last two are joined
                     * @example 50
                     */
                    readonly principalThresholdForLastInstallment?: number;
                    /**
                     * @description Part of each disbursement is due at once
                     * @example false
                     */
                    readonly downPaymentEnabled?: boolean;
                    /**
                     * @description The down payment is booked with the disbursement
                     * @example false
                     */
                    readonly downPaymentAutomatic?: boolean;
                    /**
                     * @description Paid out in several tranches
                     * @example false
                     */
                    readonly multiDisburse?: boolean;
                    /**
                     * @description Tranches are not planned beforehand
                     * @example false
                     */
                    readonly disallowExpectedDisbursements?: boolean;
                    /**
                     * @description Each installment is classified by itself
                     * @example false
                     */
                    readonly installmentLevelDelinquency?: boolean;
                    /**
                     * @description Non-performing until nothing is overdue
                     * @example false
                     */
                    readonly leavesNonPerformingOnlyWhenArrearsCleared?: boolean;
                    /**
                     * @description What the ledger is told. Label, or code: 1 None, 2 Cash, 3 Accrual (periodic)
                     * @example None
                     * @enum {string|integer}
                     */
                    readonly accountingMethod?: "None" | "Cash" | "Accrual (periodic)" | 1 | 2 | 3;
                    /** @description Advanced allocation only */
                    readonly allocationRules?: readonly {
                        /**
                         * @description Which payments it is for. Label, or code: 0 Default, 1 Repayment, 2 Down payment, 3 Merchant issued refund, 4 Payout refund, 5 Goodwill credit, 6 Charge refund, 7 Charge adjustment, 8 Waive interest, 9 Charge payment, 10 Cash refund, 11 Interest payment waiver, 12 Interest refund
                         * @example Default
                         * @enum {string|integer}
                         */
                        readonly transactionType: "Default" | "Repayment" | "Down payment" | "Merchant issued refund" | "Payout refund" | "Goodwill credit" | "Charge refund" | "Charge adjustment" | "Waive interest" | "Charge payment" | "Cash refund" | "Interest payment waiver" | "Interest refund" | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;
                        readonly order: readonly ("Past due penalties" | "Past due fees" | "Past due principal" | "Past due interest" | "Due penalties" | "Due fees" | "Due principal" | "Due interest" | "In advance penalties" | "In advance fees" | "In advance principal" | "In advance interest" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12)[];
                        /**
                         * @description Where money beyond what is due goes. Label, or code: 1 Next installment, 2 Last installment, 3 Reamortization
                         * @example Next installment
                         * @enum {string|integer}
                         */
                        readonly futureInstallments: "Next installment" | "Last installment" | "Reamortization" | 1 | 2 | 3;
                    }[];
                    /** @description Advanced allocation only */
                    readonly creditAllocationRules?: readonly {
                        /**
                         * @description Which transactions it is for. Label, or code: 1 Chargeback
                         * @example Chargeback
                         * @enum {string|integer}
                         */
                        readonly transactionType: "Chargeback" | 1;
                        readonly order: readonly ("Penalties" | "Fees" | "Principal" | "Interest" | 1 | 2 | 3 | 4)[];
                    }[];
                    /** @description GL code by role; a role left out takes the account of the seeded chart */
                    readonly accounts?: {
                        /** @example 1000 */
                        readonly fundSource?: string;
                        /** @example 1000 */
                        readonly loanPortfolio?: string;
                        /** @example 1000 */
                        readonly transfersInSuspense?: string;
                        /** @example 1000 */
                        readonly interestReceivable?: string;
                        /** @example 1000 */
                        readonly feeReceivable?: string;
                        /** @example 1000 */
                        readonly penaltyReceivable?: string;
                        /** @example 1000 */
                        readonly interestIncome?: string;
                        /** @example 1000 */
                        readonly feeIncome?: string;
                        /** @example 1000 */
                        readonly penaltyIncome?: string;
                        /** @example 1000 */
                        readonly recoveryIncome?: string;
                        /** @example 1000 */
                        readonly writeOff?: string;
                        /** @example 1000 */
                        readonly overpayment?: string;
                        /** @example 1000 */
                        readonly goodwillCredit?: string;
                        /** @example 1000 */
                        readonly goodwillInterest?: string;
                        /** @example 1000 */
                        readonly goodwillFee?: string;
                        /** @example 1000 */
                        readonly goodwillPenalty?: string;
                        /** @example 1000 */
                        readonly chargeOffExpense?: string;
                        /** @example 1000 */
                        readonly chargeOffFraudExpense?: string;
                        /** @example 1000 */
                        readonly chargeOffInterest?: string;
                        /** @example 1000 */
                        readonly chargeOffFee?: string;
                        /** @example 1000 */
                        readonly chargeOffPenalty?: string;
                    };
                    /**
                     * @description GL code of the fund source by short name of a payment type, where it differs
                     * @example {}
                     */
                    readonly fundSourceByPaymentType?: {
                        readonly [key: string]: string;
                    };
                    /**
                     * @description Refunds that bring back the interest on the refunded amount as well
                     * @example []
                     */
                    readonly interestRefundFor?: readonly ("Merchant issued refund" | "Payout refund" | 1 | 2)[];
                    /**
                     * @description Codes of the fees that each loan begins with, and of its overdue penalties
                     * @example []
                     */
                    readonly charges?: readonly string[];
                    /**
                     * @description Terms that a loan may choose
                     * @example [
                     *       "numberOfRepayments"
                     *     ]
                     */
                    readonly overridableTerms?: readonly string[];
                    /**
                     * @description Least principal of a loan
                     * @example 1000
                     */
                    readonly minPrincipal?: number;
                    /**
                     * @description Largest principal of a loan
                     * @example 5000000
                     */
                    readonly maxPrincipal?: number;
                    /**
                     * @description Fewest repayments
                     * @example 1
                     */
                    readonly minNumberOfRepayments?: number;
                    /**
                     * @description Most repayments
                     * @example 36
                     */
                    readonly maxNumberOfRepayments?: number;
                    /**
                     * @description Lowest rate
                     * @example 0
                     */
                    readonly minInterestRatePerPeriod?: number;
                    /**
                     * @description Highest rate
                     * @example 10
                     */
                    readonly maxInterestRatePerPeriod?: number;
                    /**
                     * Format: date
                     * @example 2025-01-31
                     */
                    readonly offeredFromDate?: string;
                    /**
                     * Format: date
                     * @example 2025-01-31
                     */
                    readonly offeredUntilDate?: string;
                    /** @description Interest follows the actual payments */
                    readonly interestRecalculation?: {
                        /**
                         * @description When payments begin to count. Label, or code: 1 Same as repayment period, 2 Daily
                         * @example Same as repayment period
                         * @enum {string|integer}
                         */
                        readonly restFrequency: "Same as repayment period" | "Daily" | 1 | 2;
                        /**
                         * @description What an early payment changes. Label, or code: 1 Reschedule next repayments, 2 Reduce number of installments, 3 Reduce installment amount, 4 Adjust last unpaid period
                         * @example Reschedule next repayments
                         * @enum {string|integer}
                         */
                        readonly rescheduleStrategy: "Reschedule next repayments" | "Reduce number of installments" | "Reduce installment amount" | "Adjust last unpaid period" | 1 | 2 | 3 | 4;
                        /**
                         * @description Until when a payoff bears interest. Label, or code: 1 Till pre-close date, 2 Till rest frequency date
                         * @example Till pre-close date
                         * @enum {string|integer}
                         */
                        readonly preCloseRule: "Till pre-close date" | "Till rest frequency date" | 1 | 2;
                        /**
                         * @description What bears interest itself. Label, or code: 0 None, 1 Interest, 2 Fee, 3 Interest and fee
                         * @example None
                         * @enum {string|integer}
                         */
                        readonly compounding: "None" | "Interest" | "Fee" | "Interest and fee" | 0 | 1 | 2 | 3;
                        /** @example 1 */
                        readonly compoundingDay?: number;
                        /**
                         * @description Arrears by the first schedule
                         * @example false
                         */
                        readonly arrearsBasedOnOriginalSchedule?: boolean;
                    };
                    /**
                     * @description Installments are multiples of so many currency units
                     * @example 1
                     */
                    readonly installmentAmountInMultiplesOf?: number;
                    /**
                     * @description Length of the loan in units of repaymentFrequencyType
                     * @example 90
                     */
                    readonly fixedLength?: number;
                    /**
                     * @description Equal principal payments: share of each
                     * @example 5
                     */
                    readonly fixedPrincipalPercentagePerInstallment?: number;
                    /**
                     * @description Share of a disbursement that is due at once
                     * @example 25
                     */
                    readonly downPaymentPercentage?: number;
                    /**
                     * @description Most disbursements
                     * @example 10
                     */
                    readonly maxTrancheCount?: number;
                    /**
                     * @description Largest principal outstanding after a tranche
                     * @example 10000000
                     */
                    readonly maxOutstandingBalance?: number;
                    /**
                     * @description By how much more may be approved than was applied for
                     * @example 50
                     */
                    readonly overAppliedPercentage?: number;
                    /**
                     * @description Days in arrears after which a loan is non-performing
                     * @example 90
                     */
                    readonly overdueDaysForNonPerforming?: number;
                    /**
                     * @description So much may be open, or overpaid, when a loan is closed by hand
                     * @example 100
                     */
                    readonly closingTolerance?: number;
                    /**
                     * @description Accrued income is stated by transactions of its own
                     * @example false
                     */
                    readonly statesAccrualActivity?: boolean;
                    /**
                     * @description Days before a due date at which the reminder is raised
                     * @example 1
                     */
                    readonly daysBeforeRepaymentIsDue?: number;
                    /**
                     * @description Days after a due date at which the overdue event is raised
                     * @example 2
                     */
                    readonly daysAfterRepaymentIsOverdue?: number;
                    /**
                     * @description Code of a bucket
                     * @example STANDARD
                     */
                    readonly delinquencyBucket?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanProduct"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly previewLoanProduct: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "product": {
                 *         "principal": 1200000,
                 *         "numberOfRepayments": 12,
                 *         "repaymentEvery": 1,
                 *         "repaymentFrequencyType": "Days",
                 *         "interestRatePerPeriod": 2,
                 *         "interestRateFrequencyType": "Per day",
                 *         "description": "Paid back in equal monthly installments",
                 *         "currencyCode": "TZS",
                 *         "currencyDecimals": 2,
                 *         "currencyInMultiplesOf": 0,
                 *         "repaymentStartDateType": "Disbursement date",
                 *         "amortizationType": "Equal principal payments",
                 *         "interestType": "Declining Balance",
                 *         "interestCalculationPeriodType": "Daily",
                 *         "allowPartialPeriodInterest": false,
                 *         "daysInYearType": "360 days",
                 *         "daysInMonthType": "30 days",
                 *         "graceOnPrincipalPayment": 0,
                 *         "graceOnInterestPayment": 0,
                 *         "graceOnInterestCharged": 0,
                 *         "graceOnArrearsAgeing": 0,
                 *         "transactionProcessingStrategy": "mifos-standard-strategy",
                 *         "scheduleType": "Cumulative",
                 *         "scheduleProcessingType": "Horizontal",
                 *         "principalThresholdForLastInstallment": 50,
                 *         "downPaymentEnabled": false,
                 *         "downPaymentAutomatic": false,
                 *         "multiDisburse": false,
                 *         "disallowExpectedDisbursements": false,
                 *         "installmentLevelDelinquency": false,
                 *         "leavesNonPerformingOnlyWhenArrearsCleared": false,
                 *         "accountingMethod": "None",
                 *         "allocationRules": [
                 *           {
                 *             "transactionType": "Default",
                 *             "order": [
                 *               "Past due penalties",
                 *               "Past due fees",
                 *               "Past due principal",
                 *               "Past due interest",
                 *               "Due penalties",
                 *               "Due fees",
                 *               "Due principal",
                 *               "Due interest",
                 *               "In advance penalties",
                 *               "In advance fees",
                 *               "In advance principal",
                 *               "In advance interest"
                 *             ],
                 *             "futureInstallments": "Next installment"
                 *           }
                 *         ],
                 *         "creditAllocationRules": [
                 *           {
                 *             "transactionType": "Chargeback",
                 *             "order": [
                 *               "Penalties",
                 *               "Fees",
                 *               "Principal",
                 *               "Interest"
                 *             ]
                 *           }
                 *         ],
                 *         "accounts": {
                 *           "fundSource": "1000",
                 *           "loanPortfolio": "1000",
                 *           "transfersInSuspense": "1000",
                 *           "interestReceivable": "1000",
                 *           "feeReceivable": "1000",
                 *           "penaltyReceivable": "1000",
                 *           "interestIncome": "1000",
                 *           "feeIncome": "1000",
                 *           "penaltyIncome": "1000",
                 *           "recoveryIncome": "1000",
                 *           "writeOff": "1000",
                 *           "overpayment": "1000",
                 *           "goodwillCredit": "1000",
                 *           "goodwillInterest": "1000",
                 *           "goodwillFee": "1000",
                 *           "goodwillPenalty": "1000",
                 *           "chargeOffExpense": "1000",
                 *           "chargeOffFraudExpense": "1000",
                 *           "chargeOffInterest": "1000",
                 *           "chargeOffFee": "1000",
                 *           "chargeOffPenalty": "1000"
                 *         },
                 *         "fundSourceByPaymentType": {},
                 *         "interestRefundFor": [],
                 *         "charges": [],
                 *         "overridableTerms": [
                 *           "numberOfRepayments"
                 *         ],
                 *         "minPrincipal": 1000,
                 *         "maxPrincipal": 5000000,
                 *         "minNumberOfRepayments": 1,
                 *         "maxNumberOfRepayments": 36,
                 *         "minInterestRatePerPeriod": 0,
                 *         "maxInterestRatePerPeriod": 10,
                 *         "offeredFromDate": "2025-01-31",
                 *         "offeredUntilDate": "2025-01-31",
                 *         "interestRecalculation": {
                 *           "restFrequency": "Same as repayment period",
                 *           "rescheduleStrategy": "Reschedule next repayments",
                 *           "preCloseRule": "Till pre-close date",
                 *           "compounding": "None",
                 *           "compoundingDay": 1,
                 *           "arrearsBasedOnOriginalSchedule": false
                 *         },
                 *         "installmentAmountInMultiplesOf": 1,
                 *         "fixedLength": 90,
                 *         "fixedPrincipalPercentagePerInstallment": 5,
                 *         "downPaymentPercentage": 25,
                 *         "maxTrancheCount": 10,
                 *         "maxOutstandingBalance": 10000000,
                 *         "overAppliedPercentage": 50,
                 *         "overdueDaysForNonPerforming": 90,
                 *         "closingTolerance": 100,
                 *         "statesAccrualActivity": false,
                 *         "daysBeforeRepaymentIsDue": 1,
                 *         "daysAfterRepaymentIsOverdue": 2,
                 *         "delinquencyBucket": "STANDARD"
                 *       },
                 *       "principal": 250000,
                 *       "expectedDisbursementDate": "2025-01-31",
                 *       "numberOfRepayments": 12,
                 *       "repaymentEvery": 1,
                 *       "repaymentFrequencyType": "Days",
                 *       "interestRatePerPeriod": 2,
                 *       "interestType": "Declining Balance",
                 *       "amortizationType": "Equal principal payments",
                 *       "interestCalculationPeriodType": "Daily",
                 *       "graceOnPrincipalPayment": 1,
                 *       "graceOnInterestPayment": 1,
                 *       "graceOnInterestCharged": 1,
                 *       "firstRepaymentDate": "2025-01-31",
                 *       "interestChargedFromDate": "2025-01-31"
                 *     }
                 */
                readonly "application/json": {
                    readonly product: {
                        /**
                         * @description What a loan is usually for
                         * @example 1200000
                         */
                        readonly principal: number;
                        /**
                         * @description Usual number of repayments
                         * @example 12
                         */
                        readonly numberOfRepayments: number;
                        /**
                         * @description Every so many days, weeks ...
                         * @example 1
                         */
                        readonly repaymentEvery: number;
                        /**
                         * @description Unit of repaymentEvery. Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                         * @example Days
                         * @enum {string|integer}
                         */
                        readonly repaymentFrequencyType: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                        /**
                         * @description Usual interest rate in percent, at most 6 decimals
                         * @example 2
                         */
                        readonly interestRatePerPeriod: number;
                        /**
                         * @description What the rate is for. Label, or code: 0 Per day, 1 Per week, 2 Per month, 3 Per year, 4 Whole term
                         * @example Per day
                         * @enum {string|integer}
                         */
                        readonly interestRateFrequencyType: "Per day" | "Per week" | "Per month" | "Per year" | "Whole term" | 0 | 1 | 2 | 3 | 4;
                        /** @example Paid back in equal monthly installments */
                        readonly description?: string;
                        /** @example TZS */
                        readonly currencyCode?: string;
                        /**
                         * @description Default: by ISO 4217
                         * @example 2
                         */
                        readonly currencyDecimals?: number;
                        /**
                         * @description Currencies without decimals: amounts are multiples of this; 0 = any
                         * @example 0
                         */
                        readonly currencyInMultiplesOf?: number;
                        /**
                         * @description From when due dates are counted. Label, or code: 1 Disbursement date, 2 Submission date
                         * @example Disbursement date
                         * @enum {string|integer}
                         */
                        readonly repaymentStartDateType?: "Disbursement date" | "Submission date" | 1 | 2;
                        /**
                         * @description How principal is spread. Label, or code: 0 Equal principal payments, 1 Equal installments
                         * @example Equal principal payments
                         * @enum {string|integer}
                         */
                        readonly amortizationType?: "Equal principal payments" | "Equal installments" | 0 | 1;
                        /**
                         * @description What interest is computed on. Label, or code: 0 Declining Balance, 1 Flat
                         * @example Declining Balance
                         * @enum {string|integer}
                         */
                        readonly interestType?: "Declining Balance" | "Flat" | 0 | 1;
                        /**
                         * @description How interest is counted. Label, or code: 0 Daily, 1 Same as repayment period
                         * @example Daily
                         * @enum {string|integer}
                         */
                        readonly interestCalculationPeriodType?: "Daily" | "Same as repayment period" | 0 | 1;
                        /**
                         * @description Parts of a repayment period bear a part of its interest
                         * @example false
                         */
                        readonly allowPartialPeriodInterest?: boolean;
                        /**
                         * @description Day count. Label, or code: 360 360 days, 364 364 days, 365 365 days, 1 Actual
                         * @example 360 days
                         * @enum {string|integer}
                         */
                        readonly daysInYearType?: "360 days" | "364 days" | "365 days" | "Actual" | 360 | 364 | 365 | 1;
                        /**
                         * @description Day count. Label, or code: 30 30 days, 1 Actual
                         * @example 30 days
                         * @enum {string|integer}
                         */
                        readonly daysInMonthType?: "30 days" | "Actual" | 30 | 1;
                        /**
                         * @description Installments at the start without principal
                         * @example 0
                         */
                        readonly graceOnPrincipalPayment?: number;
                        /**
                         * @description Installments at the start whose interest is collected later
                         * @example 0
                         */
                        readonly graceOnInterestPayment?: number;
                        /**
                         * @description Installments at the start free of interest
                         * @example 0
                         */
                        readonly graceOnInterestCharged?: number;
                        /**
                         * @description Days past due before a loan is delinquent
                         * @example 0
                         */
                        readonly graceOnArrearsAgeing?: number;
                        /**
                         * @description How payments are allocated. Label, or code: 1 mifos-standard-strategy, 2 heavensfamily-strategy, 3 creocore-strategy, 4 rbi-india-strategy, 5 principal-interest-penalties-fees-order-strategy, 6 interest-principal-penalties-fees-order-strategy, 7 early-repayment-strategy, 8 due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy, 9 due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy, 10 advanced-payment-allocation-strategy
                         * @example mifos-standard-strategy
                         * @enum {string|integer}
                         */
                        readonly transactionProcessingStrategy?: "mifos-standard-strategy" | "heavensfamily-strategy" | "creocore-strategy" | "rbi-india-strategy" | "principal-interest-penalties-fees-order-strategy" | "interest-principal-penalties-fees-order-strategy" | "early-repayment-strategy" | "due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy" | "due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy" | "advanced-payment-allocation-strategy" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
                        /**
                         * @description Computed up front, or anew with every transaction. Label, or code: 1 Cumulative, 2 Progressive
                         * @example Cumulative
                         * @enum {string|integer}
                         */
                        readonly scheduleType?: "Cumulative" | "Progressive" | 1 | 2;
                        /**
                         * @description Progressive: row by row, or step by step. Label, or code: 1 Horizontal, 2 Vertical
                         * @example Horizontal
                         * @enum {string|integer}
                         */
                        readonly scheduleProcessingType?: "Horizontal" | "Vertical" | 1 | 2;
                        /**
                         * @description With an agreed installment: when the last two are joined
                         * @example 50
                         */
                        readonly principalThresholdForLastInstallment?: number;
                        /**
                         * @description Part of each disbursement is due at once
                         * @example false
                         */
                        readonly downPaymentEnabled?: boolean;
                        /**
                         * @description The down payment is booked with the disbursement
                         * @example false
                         */
                        readonly downPaymentAutomatic?: boolean;
                        /**
                         * @description Paid out in several tranches
                         * @example false
                         */
                        readonly multiDisburse?: boolean;
                        /**
                         * @description Tranches are not planned beforehand
                         * @example false
                         */
                        readonly disallowExpectedDisbursements?: boolean;
                        /**
                         * @description Each installment is classified by itself
                         * @example false
                         */
                        readonly installmentLevelDelinquency?: boolean;
                        /**
                         * @description Non-performing until nothing is overdue
                         * @example false
                         */
                        readonly leavesNonPerformingOnlyWhenArrearsCleared?: boolean;
                        /**
                         * @description What the ledger is told. Label, or code: 1 None, 2 Cash, 3 Accrual (periodic)
                         * @example None
                         * @enum {string|integer}
                         */
                        readonly accountingMethod?: "None" | "Cash" | "Accrual (periodic)" | 1 | 2 | 3;
                        /** @description Advanced allocation only */
                        readonly allocationRules?: readonly {
                            /**
                             * @description Which payments it is for. Label, or code: 0 Default, 1 Repayment, 2 Down payment, 3 Merchant issued refund, 4 Payout refund, 5 Goodwill credit, 6 Charge refund, 7 Charge adjustment, 8 Waive interest, 9 Charge payment, 10 Cash refund, 11 Interest payment waiver, 12 Interest refund
                             * @example Default
                             * @enum {string|integer}
                             */
                            readonly transactionType: "Default" | "Repayment" | "Down payment" | "Merchant issued refund" | "Payout refund" | "Goodwill credit" | "Charge refund" | "Charge adjustment" | "Waive interest" | "Charge payment" | "Cash refund" | "Interest payment waiver" | "Interest refund" | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;
                            readonly order: readonly ("Past due penalties" | "Past due fees" | "Past due principal" | "Past due interest" | "Due penalties" | "Due fees" | "Due principal" | "Due interest" | "In advance penalties" | "In advance fees" | "In advance principal" | "In advance interest" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12)[];
                            /**
                             * @description Where money beyond what is due goes. Label, or code: 1 Next installment, 2 Last installment, 3 Reamortization
                             * @example Next installment
                             * @enum {string|integer}
                             */
                            readonly futureInstallments: "Next installment" | "Last installment" | "Reamortization" | 1 | 2 | 3;
                        }[];
                        /** @description Advanced allocation only */
                        readonly creditAllocationRules?: readonly {
                            /**
                             * @description Which transactions it is for. Label, or code: 1 Chargeback
                             * @example Chargeback
                             * @enum {string|integer}
                             */
                            readonly transactionType: "Chargeback" | 1;
                            readonly order: readonly ("Penalties" | "Fees" | "Principal" | "Interest" | 1 | 2 | 3 | 4)[];
                        }[];
                        /** @description GL code by role; a role left out takes the account of the seeded chart */
                        readonly accounts?: {
                            /** @example 1000 */
                            readonly fundSource?: string;
                            /** @example 1000 */
                            readonly loanPortfolio?: string;
                            /** @example 1000 */
                            readonly transfersInSuspense?: string;
                            /** @example 1000 */
                            readonly interestReceivable?: string;
                            /** @example 1000 */
                            readonly feeReceivable?: string;
                            /** @example 1000 */
                            readonly penaltyReceivable?: string;
                            /** @example 1000 */
                            readonly interestIncome?: string;
                            /** @example 1000 */
                            readonly feeIncome?: string;
                            /** @example 1000 */
                            readonly penaltyIncome?: string;
                            /** @example 1000 */
                            readonly recoveryIncome?: string;
                            /** @example 1000 */
                            readonly writeOff?: string;
                            /** @example 1000 */
                            readonly overpayment?: string;
                            /** @example 1000 */
                            readonly goodwillCredit?: string;
                            /** @example 1000 */
                            readonly goodwillInterest?: string;
                            /** @example 1000 */
                            readonly goodwillFee?: string;
                            /** @example 1000 */
                            readonly goodwillPenalty?: string;
                            /** @example 1000 */
                            readonly chargeOffExpense?: string;
                            /** @example 1000 */
                            readonly chargeOffFraudExpense?: string;
                            /** @example 1000 */
                            readonly chargeOffInterest?: string;
                            /** @example 1000 */
                            readonly chargeOffFee?: string;
                            /** @example 1000 */
                            readonly chargeOffPenalty?: string;
                        };
                        /**
                         * @description GL code of the fund source by short name of a payment type, where it differs
                         * @example {}
                         */
                        readonly fundSourceByPaymentType?: {
                            readonly [key: string]: string;
                        };
                        /**
                         * @description Refunds that bring back the interest on the refunded amount as well
                         * @example []
                         */
                        readonly interestRefundFor?: readonly ("Merchant issued refund" | "Payout refund" | 1 | 2)[];
                        /**
                         * @description Codes of the fees that each loan begins with, and of its overdue penalties
                         * @example []
                         */
                        readonly charges?: readonly string[];
                        /**
                         * @description Terms that a loan may choose
                         * @example [
                         *       "numberOfRepayments"
                         *     ]
                         */
                        readonly overridableTerms?: readonly string[];
                        /**
                         * @description Least principal of a loan
                         * @example 1000
                         */
                        readonly minPrincipal?: number;
                        /**
                         * @description Largest principal of a loan
                         * @example 5000000
                         */
                        readonly maxPrincipal?: number;
                        /**
                         * @description Fewest repayments
                         * @example 1
                         */
                        readonly minNumberOfRepayments?: number;
                        /**
                         * @description Most repayments
                         * @example 36
                         */
                        readonly maxNumberOfRepayments?: number;
                        /**
                         * @description Lowest rate
                         * @example 0
                         */
                        readonly minInterestRatePerPeriod?: number;
                        /**
                         * @description Highest rate
                         * @example 10
                         */
                        readonly maxInterestRatePerPeriod?: number;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly offeredFromDate?: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly offeredUntilDate?: string;
                        /** @description Interest follows the actual payments */
                        readonly interestRecalculation?: {
                            /**
                             * @description When payments begin to count. Label, or code: 1 Same as repayment period, 2 Daily
                             * @example Same as repayment period
                             * @enum {string|integer}
                             */
                            readonly restFrequency: "Same as repayment period" | "Daily" | 1 | 2;
                            /**
                             * @description What an early payment changes. Label, or code: 1 Reschedule next repayments, 2 Reduce number of installments, 3 Reduce installment amount, 4 Adjust last unpaid period
                             * @example Reschedule next repayments
                             * @enum {string|integer}
                             */
                            readonly rescheduleStrategy: "Reschedule next repayments" | "Reduce number of installments" | "Reduce installment amount" | "Adjust last unpaid period" | 1 | 2 | 3 | 4;
                            /**
                             * @description Until when a payoff bears interest. Label, or code: 1 Till pre-close date, 2 Till rest frequency date
                             * @example Till pre-close date
                             * @enum {string|integer}
                             */
                            readonly preCloseRule: "Till pre-close date" | "Till rest frequency date" | 1 | 2;
                            /**
                             * @description What bears interest itself. Label, or code: 0 None, 1 Interest, 2 Fee, 3 Interest and fee
                             * @example None
                             * @enum {string|integer}
                             */
                            readonly compounding: "None" | "Interest" | "Fee" | "Interest and fee" | 0 | 1 | 2 | 3;
                            /** @example 1 */
                            readonly compoundingDay?: number;
                            /**
                             * @description Arrears by the first schedule
                             * @example false
                             */
                            readonly arrearsBasedOnOriginalSchedule?: boolean;
                        };
                        /**
                         * @description Installments are multiples of so many currency units
                         * @example 1
                         */
                        readonly installmentAmountInMultiplesOf?: number;
                        /**
                         * @description Length of the loan in units of repaymentFrequencyType
                         * @example 90
                         */
                        readonly fixedLength?: number;
                        /**
                         * @description Equal principal payments: share of each
                         * @example 5
                         */
                        readonly fixedPrincipalPercentagePerInstallment?: number;
                        /**
                         * @description Share of a disbursement that is due at once
                         * @example 25
                         */
                        readonly downPaymentPercentage?: number;
                        /**
                         * @description Most disbursements
                         * @example 10
                         */
                        readonly maxTrancheCount?: number;
                        /**
                         * @description Largest principal outstanding after a tranche
                         * @example 10000000
                         */
                        readonly maxOutstandingBalance?: number;
                        /**
                         * @description By how much more may be approved than was applied for
                         * @example 50
                         */
                        readonly overAppliedPercentage?: number;
                        /**
                         * @description Days in arrears after which a loan is non-performing
                         * @example 90
                         */
                        readonly overdueDaysForNonPerforming?: number;
                        /**
                         * @description So much may be open, or overpaid, when a loan is closed by hand
                         * @example 100
                         */
                        readonly closingTolerance?: number;
                        /**
                         * @description Accrued income is stated by transactions of its own
                         * @example false
                         */
                        readonly statesAccrualActivity?: boolean;
                        /**
                         * @description Days before a due date at which the reminder is raised
                         * @example 1
                         */
                        readonly daysBeforeRepaymentIsDue?: number;
                        /**
                         * @description Days after a due date at which the overdue event is raised
                         * @example 2
                         */
                        readonly daysAfterRepaymentIsOverdue?: number;
                        /**
                         * @description Code of a bucket
                         * @example STANDARD
                         */
                        readonly delinquencyBucket?: string;
                    };
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly principal?: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly expectedDisbursementDate?: string;
                    /** @example 12 */
                    readonly numberOfRepayments?: number;
                    /** @example 1 */
                    readonly repaymentEvery?: number;
                    /**
                     * @description Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                     * @example Days
                     * @enum {string|integer}
                     */
                    readonly repaymentFrequencyType?: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                    /**
                     * @description Percent
                     * @example 2
                     */
                    readonly interestRatePerPeriod?: number;
                    /**
                     * @description Label, or code: 0 Declining Balance, 1 Flat
                     * @example Declining Balance
                     * @enum {string|integer}
                     */
                    readonly interestType?: "Declining Balance" | "Flat" | 0 | 1;
                    /**
                     * @description Label, or code: 0 Equal principal payments, 1 Equal installments
                     * @example Equal principal payments
                     * @enum {string|integer}
                     */
                    readonly amortizationType?: "Equal principal payments" | "Equal installments" | 0 | 1;
                    /**
                     * @description Label, or code: 0 Daily, 1 Same as repayment period
                     * @example Daily
                     * @enum {string|integer}
                     */
                    readonly interestCalculationPeriodType?: "Daily" | "Same as repayment period" | 0 | 1;
                    /** @description Installments at the start without principal */
                    readonly graceOnPrincipalPayment?: number;
                    /** @description Installments at the start whose interest is collected later */
                    readonly graceOnInterestPayment?: number;
                    /** @description Installments at the start free of interest */
                    readonly graceOnInterestCharged?: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly firstRepaymentDate?: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly interestChargedFromDate?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanPreview"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getLoanProduct: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly product_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanProduct"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateLoanProduct: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly product_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "maxPrincipal": 6000000
                 *     }
                 */
                readonly "application/json": {
                    /** @example Term loan, 12 months */
                    readonly name?: string;
                    /**
                     * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                     * @example TL12
                     */
                    readonly shortName?: string;
                    /**
                     * @description What a loan is usually for
                     * @example 1200000
                     */
                    readonly principal?: number;
                    /**
                     * @description Usual number of repayments
                     * @example 12
                     */
                    readonly numberOfRepayments?: number;
                    /**
                     * @description Every so many days, weeks ...
                     * @example 1
                     */
                    readonly repaymentEvery?: number;
                    /**
                     * @description Unit of repaymentEvery. Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                     * @example Days
                     * @enum {string|integer}
                     */
                    readonly repaymentFrequencyType?: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                    /**
                     * @description Usual interest rate in percent, at most 6 decimals
                     * @example 2
                     */
                    readonly interestRatePerPeriod?: number;
                    /**
                     * @description What the rate is for. Label, or code: 0 Per day, 1 Per week, 2 Per month, 3 Per year, 4 Whole term
                     * @example Per day
                     * @enum {string|integer}
                     */
                    readonly interestRateFrequencyType?: "Per day" | "Per week" | "Per month" | "Per year" | "Whole term" | 0 | 1 | 2 | 3 | 4;
                    /** @example Paid back in equal monthly installments */
                    readonly description?: string | null;
                    /** @example TZS */
                    readonly currencyCode?: string | null;
                    /**
                     * @description Default: by ISO 4217
                     * @example 2
                     */
                    readonly currencyDecimals?: number | null;
                    /**
                     * @description Currencies without decimals: amounts are multiples of this; 0 = any
                     * @example 0
                     */
                    readonly currencyInMultiplesOf?: number | null;
                    /**
                     * @description From when due dates are counted. Label, or code: 1 Disbursement date, 2 Submission date
                     * @example Disbursement date
                     * @enum {string|integer|null}
                     */
                    readonly repaymentStartDateType?: "Disbursement date" | "Submission date" | 1 | 2 | null;
                    /**
                     * @description How principal is spread. Label, or code: 0 Equal principal payments, 1 Equal installments
                     * @example Equal principal payments
                     * @enum {string|integer|null}
                     */
                    readonly amortizationType?: "Equal principal payments" | "Equal installments" | 0 | 1 | null;
                    /**
                     * @description What interest is computed on. Label, or code: 0 Declining Balance, 1 Flat
                     * @example Declining Balance
                     * @enum {string|integer|null}
                     */
                    readonly interestType?: "Declining Balance" | "Flat" | 0 | 1 | null;
                    /**
                     * @description How interest is counted. Label, or code: 0 Daily, 1 Same as repayment period
                     * @example Daily
                     * @enum {string|integer|null}
                     */
                    readonly interestCalculationPeriodType?: "Daily" | "Same as repayment period" | 0 | 1 | null;
                    /**
                     * @description Parts of a repayment period bear a part of its interest
                     * @example false
                     */
                    readonly allowPartialPeriodInterest?: boolean | null;
                    /**
                     * @description Day count. Label, or code: 360 360 days, 364 364 days, 365 365 days, 1 Actual
                     * @example 360 days
                     * @enum {string|integer|null}
                     */
                    readonly daysInYearType?: "360 days" | "364 days" | "365 days" | "Actual" | 360 | 364 | 365 | 1 | null;
                    /**
                     * @description Day count. Label, or code: 30 30 days, 1 Actual
                     * @example 30 days
                     * @enum {string|integer|null}
                     */
                    readonly daysInMonthType?: "30 days" | "Actual" | 30 | 1 | null;
                    /**
                     * @description Installments at the start without principal
                     * @example 0
                     */
                    readonly graceOnPrincipalPayment?: number | null;
                    /**
                     * @description Installments at the start whose interest is collected later
                     * @example 0
                     */
                    readonly graceOnInterestPayment?: number | null;
                    /**
                     * @description Installments at the start free of interest
                     * @example 0
                     */
                    readonly graceOnInterestCharged?: number | null;
                    /**
                     * @description Days past due before a loan is delinquent
                     * @example 0
                     */
                    readonly graceOnArrearsAgeing?: number | null;
                    /**
                     * @description How payments are allocated. Label, or code: 1 mifos-standard-strategy, 2 heavensfamily-strategy, 3 creocore-strategy, 4 rbi-india-strategy, 5 principal-interest-penalties-fees-order-strategy, 6 interest-principal-penalties-fees-order-strategy, 7 early-repayment-strategy, 8 due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy, 9 due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy, 10 advanced-payment-allocation-strategy
                     * @example mifos-standard-strategy
                     * @enum {string|integer|null}
                     */
                    readonly transactionProcessingStrategy?: "mifos-standard-strategy" | "heavensfamily-strategy" | "creocore-strategy" | "rbi-india-strategy" | "principal-interest-penalties-fees-order-strategy" | "interest-principal-penalties-fees-order-strategy" | "early-repayment-strategy" | "due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy" | "due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy" | "advanced-payment-allocation-strategy" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | null;
                    /**
                     * @description Computed up front, or anew with every transaction. Label, or code: 1 Cumulative, 2 Progressive
                     * @example Cumulative
                     * @enum {string|integer|null}
                     */
                    readonly scheduleType?: "Cumulative" | "Progressive" | 1 | 2 | null;
                    /**
                     * @description Progressive: row by row, or step by step. Label, or code: 1 Horizontal, 2 Vertical
                     * @example Horizontal
                     * @enum {string|integer|null}
                     */
                    readonly scheduleProcessingType?: "Horizontal" | "Vertical" | 1 | 2 | null;
                    /**
                     * @description With an agreed installment: when the last two are joined
                     * @example 50
                     */
                    readonly principalThresholdForLastInstallment?: number | null;
                    /**
                     * @description Part of each disbursement is due at once
                     * @example false
                     */
                    readonly downPaymentEnabled?: boolean | null;
                    /**
                     * @description The down payment is booked with the disbursement
                     * @example false
                     */
                    readonly downPaymentAutomatic?: boolean | null;
                    /**
                     * @description Paid out in several tranches
                     * @example false
                     */
                    readonly multiDisburse?: boolean | null;
                    /**
                     * @description Tranches are not planned beforehand
                     * @example false
                     */
                    readonly disallowExpectedDisbursements?: boolean | null;
                    /**
                     * @description Each installment is classified by itself
                     * @example false
                     */
                    readonly installmentLevelDelinquency?: boolean | null;
                    /**
                     * @description Non-performing until nothing is overdue
                     * @example false
                     */
                    readonly leavesNonPerformingOnlyWhenArrearsCleared?: boolean | null;
                    /**
                     * @description What the ledger is told. Label, or code: 1 None, 2 Cash, 3 Accrual (periodic)
                     * @example None
                     * @enum {string|integer|null}
                     */
                    readonly accountingMethod?: "None" | "Cash" | "Accrual (periodic)" | 1 | 2 | 3 | null;
                    /** @description Advanced allocation only */
                    readonly allocationRules?: readonly {
                        /**
                         * @description Which payments it is for. Label, or code: 0 Default, 1 Repayment, 2 Down payment, 3 Merchant issued refund, 4 Payout refund, 5 Goodwill credit, 6 Charge refund, 7 Charge adjustment, 8 Waive interest, 9 Charge payment, 10 Cash refund, 11 Interest payment waiver, 12 Interest refund
                         * @example Default
                         * @enum {string|integer}
                         */
                        readonly transactionType: "Default" | "Repayment" | "Down payment" | "Merchant issued refund" | "Payout refund" | "Goodwill credit" | "Charge refund" | "Charge adjustment" | "Waive interest" | "Charge payment" | "Cash refund" | "Interest payment waiver" | "Interest refund" | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;
                        readonly order: readonly ("Past due penalties" | "Past due fees" | "Past due principal" | "Past due interest" | "Due penalties" | "Due fees" | "Due principal" | "Due interest" | "In advance penalties" | "In advance fees" | "In advance principal" | "In advance interest" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12)[];
                        /**
                         * @description Where money beyond what is due goes. Label, or code: 1 Next installment, 2 Last installment, 3 Reamortization
                         * @example Next installment
                         * @enum {string|integer}
                         */
                        readonly futureInstallments: "Next installment" | "Last installment" | "Reamortization" | 1 | 2 | 3;
                    }[] | null;
                    /** @description Advanced allocation only */
                    readonly creditAllocationRules?: readonly {
                        /**
                         * @description Which transactions it is for. Label, or code: 1 Chargeback
                         * @example Chargeback
                         * @enum {string|integer}
                         */
                        readonly transactionType: "Chargeback" | 1;
                        readonly order: readonly ("Penalties" | "Fees" | "Principal" | "Interest" | 1 | 2 | 3 | 4)[];
                    }[] | null;
                    /** @description GL code by role; a role left out takes the account of the seeded chart */
                    readonly accounts?: {
                        /** @example 1000 */
                        readonly fundSource?: string;
                        /** @example 1000 */
                        readonly loanPortfolio?: string;
                        /** @example 1000 */
                        readonly transfersInSuspense?: string;
                        /** @example 1000 */
                        readonly interestReceivable?: string;
                        /** @example 1000 */
                        readonly feeReceivable?: string;
                        /** @example 1000 */
                        readonly penaltyReceivable?: string;
                        /** @example 1000 */
                        readonly interestIncome?: string;
                        /** @example 1000 */
                        readonly feeIncome?: string;
                        /** @example 1000 */
                        readonly penaltyIncome?: string;
                        /** @example 1000 */
                        readonly recoveryIncome?: string;
                        /** @example 1000 */
                        readonly writeOff?: string;
                        /** @example 1000 */
                        readonly overpayment?: string;
                        /** @example 1000 */
                        readonly goodwillCredit?: string;
                        /** @example 1000 */
                        readonly goodwillInterest?: string;
                        /** @example 1000 */
                        readonly goodwillFee?: string;
                        /** @example 1000 */
                        readonly goodwillPenalty?: string;
                        /** @example 1000 */
                        readonly chargeOffExpense?: string;
                        /** @example 1000 */
                        readonly chargeOffFraudExpense?: string;
                        /** @example 1000 */
                        readonly chargeOffInterest?: string;
                        /** @example 1000 */
                        readonly chargeOffFee?: string;
                        /** @example 1000 */
                        readonly chargeOffPenalty?: string;
                    } | null;
                    /**
                     * @description GL code of the fund source by short name of a payment type, where it differs
                     * @example {}
                     */
                    readonly fundSourceByPaymentType?: {
                        readonly [key: string]: string;
                    } | null;
                    /**
                     * @description Refunds that bring back the interest on the refunded amount as well
                     * @example []
                     */
                    readonly interestRefundFor?: readonly ("Merchant issued refund" | "Payout refund" | 1 | 2)[] | null;
                    /**
                     * @description Codes of the fees that each loan begins with, and of its overdue penalties
                     * @example []
                     */
                    readonly charges?: readonly string[] | null;
                    /**
                     * @description Terms that a loan may choose
                     * @example [
                     *       "numberOfRepayments"
                     *     ]
                     */
                    readonly overridableTerms?: readonly string[] | null;
                    /**
                     * @description Least principal of a loan
                     * @example 1000
                     */
                    readonly minPrincipal?: number | null;
                    /**
                     * @description Largest principal of a loan
                     * @example 5000000
                     */
                    readonly maxPrincipal?: number | null;
                    /**
                     * @description Fewest repayments
                     * @example 1
                     */
                    readonly minNumberOfRepayments?: number | null;
                    /**
                     * @description Most repayments
                     * @example 36
                     */
                    readonly maxNumberOfRepayments?: number | null;
                    /**
                     * @description Lowest rate
                     * @example 0
                     */
                    readonly minInterestRatePerPeriod?: number | null;
                    /**
                     * @description Highest rate
                     * @example 10
                     */
                    readonly maxInterestRatePerPeriod?: number | null;
                    /**
                     * Format: date
                     * @example 2025-01-31
                     */
                    readonly offeredFromDate?: string | null;
                    /**
                     * Format: date
                     * @example 2025-01-31
                     */
                    readonly offeredUntilDate?: string | null;
                    /** @description Interest follows the actual payments */
                    readonly interestRecalculation?: {
                        /**
                         * @description When payments begin to count. Label, or code: 1 Same as repayment period, 2 Daily
                         * @example Same as repayment period
                         * @enum {string|integer}
                         */
                        readonly restFrequency: "Same as repayment period" | "Daily" | 1 | 2;
                        /**
                         * @description What an early payment changes. Label, or code: 1 Reschedule next repayments, 2 Reduce number of installments, 3 Reduce installment amount, 4 Adjust last unpaid period
                         * @example Reschedule next repayments
                         * @enum {string|integer}
                         */
                        readonly rescheduleStrategy: "Reschedule next repayments" | "Reduce number of installments" | "Reduce installment amount" | "Adjust last unpaid period" | 1 | 2 | 3 | 4;
                        /**
                         * @description Until when a payoff bears interest. Label, or code: 1 Till pre-close date, 2 Till rest frequency date
                         * @example Till pre-close date
                         * @enum {string|integer}
                         */
                        readonly preCloseRule: "Till pre-close date" | "Till rest frequency date" | 1 | 2;
                        /**
                         * @description What bears interest itself. Label, or code: 0 None, 1 Interest, 2 Fee, 3 Interest and fee
                         * @example None
                         * @enum {string|integer}
                         */
                        readonly compounding: "None" | "Interest" | "Fee" | "Interest and fee" | 0 | 1 | 2 | 3;
                        /** @example 1 */
                        readonly compoundingDay?: number;
                        /**
                         * @description Arrears by the first schedule
                         * @example false
                         */
                        readonly arrearsBasedOnOriginalSchedule?: boolean;
                    } | null;
                    /**
                     * @description Installments are multiples of so many currency units
                     * @example 1
                     */
                    readonly installmentAmountInMultiplesOf?: number | null;
                    /**
                     * @description Length of the loan in units of repaymentFrequencyType
                     * @example 90
                     */
                    readonly fixedLength?: number | null;
                    /**
                     * @description Equal principal payments: share of each
                     * @example 5
                     */
                    readonly fixedPrincipalPercentagePerInstallment?: number | null;
                    /**
                     * @description Share of a disbursement that is due at once
                     * @example 25
                     */
                    readonly downPaymentPercentage?: number | null;
                    /**
                     * @description Most disbursements
                     * @example 10
                     */
                    readonly maxTrancheCount?: number | null;
                    /**
                     * @description Largest principal outstanding after a tranche
                     * @example 10000000
                     */
                    readonly maxOutstandingBalance?: number | null;
                    /**
                     * @description By how much more may be approved than was applied for
                     * @example 50
                     */
                    readonly overAppliedPercentage?: number | null;
                    /**
                     * @description Days in arrears after which a loan is non-performing
                     * @example 90
                     */
                    readonly overdueDaysForNonPerforming?: number | null;
                    /**
                     * @description So much may be open, or overpaid, when a loan is closed by hand
                     * @example 100
                     */
                    readonly closingTolerance?: number | null;
                    /**
                     * @description Accrued income is stated by transactions of its own
                     * @example false
                     */
                    readonly statesAccrualActivity?: boolean | null;
                    /**
                     * @description Days before a due date at which the reminder is raised
                     * @example 1
                     */
                    readonly daysBeforeRepaymentIsDue?: number | null;
                    /**
                     * @description Days after a due date at which the overdue event is raised
                     * @example 2
                     */
                    readonly daysAfterRepaymentIsOverdue?: number | null;
                    /**
                     * @description Code of a bucket
                     * @example STANDARD
                     */
                    readonly delinquencyBucket?: string | null;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanProduct"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly activateLoanProduct: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly product_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanProduct"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deactivateLoanProduct: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly product_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanProduct"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listLoanProductVersions: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly product_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "status": "active",
                     *           "version": 1,
                     *           "name": "Term loan, 12 months",
                     *           "shortName": "TL12",
                     *           "principal": 1200000,
                     *           "numberOfRepayments": 12,
                     *           "repaymentEvery": 1,
                     *           "repaymentFrequencyType": "Days",
                     *           "interestRatePerPeriod": 2,
                     *           "interestRateFrequencyType": "Per day",
                     *           "description": "Paid back in equal monthly installments",
                     *           "currencyCode": "TZS",
                     *           "currencyDecimals": 2,
                     *           "currencyInMultiplesOf": 0,
                     *           "repaymentStartDateType": "Disbursement date",
                     *           "amortizationType": "Equal principal payments",
                     *           "interestType": "Declining Balance",
                     *           "interestCalculationPeriodType": "Daily",
                     *           "allowPartialPeriodInterest": false,
                     *           "daysInYearType": "360 days",
                     *           "daysInMonthType": "30 days",
                     *           "graceOnPrincipalPayment": 0,
                     *           "graceOnInterestPayment": 0,
                     *           "graceOnInterestCharged": 0,
                     *           "graceOnArrearsAgeing": 0,
                     *           "transactionProcessingStrategy": "mifos-standard-strategy",
                     *           "scheduleType": "Cumulative",
                     *           "scheduleProcessingType": "Horizontal",
                     *           "principalThresholdForLastInstallment": 50,
                     *           "downPaymentEnabled": false,
                     *           "downPaymentAutomatic": false,
                     *           "multiDisburse": false,
                     *           "disallowExpectedDisbursements": false,
                     *           "installmentLevelDelinquency": false,
                     *           "leavesNonPerformingOnlyWhenArrearsCleared": false,
                     *           "accountingMethod": "None",
                     *           "allocationRules": [
                     *             {
                     *               "transactionType": "Default",
                     *               "order": [
                     *                 "Past due penalties",
                     *                 "Past due fees",
                     *                 "Past due principal",
                     *                 "Past due interest",
                     *                 "Due penalties",
                     *                 "Due fees",
                     *                 "Due principal",
                     *                 "Due interest",
                     *                 "In advance penalties",
                     *                 "In advance fees",
                     *                 "In advance principal",
                     *                 "In advance interest"
                     *               ],
                     *               "futureInstallments": "Next installment"
                     *             }
                     *           ],
                     *           "creditAllocationRules": [
                     *             {
                     *               "transactionType": "Chargeback",
                     *               "order": [
                     *                 "Penalties",
                     *                 "Fees",
                     *                 "Principal",
                     *                 "Interest"
                     *               ]
                     *             }
                     *           ],
                     *           "accounts": {
                     *             "fundSource": "1000",
                     *             "loanPortfolio": "1000",
                     *             "transfersInSuspense": "1000",
                     *             "interestReceivable": "1000",
                     *             "feeReceivable": "1000",
                     *             "penaltyReceivable": "1000",
                     *             "interestIncome": "1000",
                     *             "feeIncome": "1000",
                     *             "penaltyIncome": "1000",
                     *             "recoveryIncome": "1000",
                     *             "writeOff": "1000",
                     *             "overpayment": "1000",
                     *             "goodwillCredit": "1000",
                     *             "goodwillInterest": "1000",
                     *             "goodwillFee": "1000",
                     *             "goodwillPenalty": "1000",
                     *             "chargeOffExpense": "1000",
                     *             "chargeOffFraudExpense": "1000",
                     *             "chargeOffInterest": "1000",
                     *             "chargeOffFee": "1000",
                     *             "chargeOffPenalty": "1000"
                     *           },
                     *           "fundSourceByPaymentType": {},
                     *           "interestRefundFor": [],
                     *           "charges": [],
                     *           "overridableTerms": [
                     *             "numberOfRepayments"
                     *           ],
                     *           "minPrincipal": 1000,
                     *           "maxPrincipal": 5000000,
                     *           "minNumberOfRepayments": 1,
                     *           "maxNumberOfRepayments": 36,
                     *           "minInterestRatePerPeriod": 0,
                     *           "maxInterestRatePerPeriod": 10,
                     *           "offeredFromDate": "2025-01-31",
                     *           "offeredUntilDate": "2025-01-31",
                     *           "interestRecalculation": {
                     *             "restFrequency": "Same as repayment period",
                     *             "rescheduleStrategy": "Reschedule next repayments",
                     *             "preCloseRule": "Till pre-close date",
                     *             "compounding": "None",
                     *             "compoundingDay": 1,
                     *             "arrearsBasedOnOriginalSchedule": false
                     *           },
                     *           "installmentAmountInMultiplesOf": 1,
                     *           "fixedLength": 90,
                     *           "fixedPrincipalPercentagePerInstallment": 5,
                     *           "downPaymentPercentage": 25,
                     *           "maxTrancheCount": 10,
                     *           "maxOutstandingBalance": 10000000,
                     *           "overAppliedPercentage": 50,
                     *           "overdueDaysForNonPerforming": 90,
                     *           "closingTolerance": 100,
                     *           "statesAccrualActivity": false,
                     *           "daysBeforeRepaymentIsDue": 1,
                     *           "daysAfterRepaymentIsOverdue": 2,
                     *           "delinquencyBucket": "STANDARD",
                     *           "delinquencyRanges": [
                     *             {
                     *               "code": "DAYS_1_30",
                     *               "name": "1 to 30 days past due",
                     *               "minDays": 1,
                     *               "maxDays": 30
                     *             }
                     *           ],
                     *           "recordedAt": "2025-01-31T09:00:00.000Z",
                     *           "madeBy": "text"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly {
                            /**
                             * @description Opaque id
                             * @example 42
                             */
                            readonly id: string;
                            /** @enum {string} */
                            readonly status: "active" | "inactive";
                            /**
                             * @description Grows with every change of the terms
                             * @example 1
                             */
                            readonly version: number;
                            /** @example Term loan, 12 months */
                            readonly name: string;
                            /**
                             * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                             * @example TL12
                             */
                            readonly shortName: string;
                            /**
                             * @description What a loan is usually for
                             * @example 1200000
                             */
                            readonly principal: number;
                            /**
                             * @description Usual number of repayments
                             * @example 12
                             */
                            readonly numberOfRepayments: number;
                            /**
                             * @description Every so many days, weeks ...
                             * @example 1
                             */
                            readonly repaymentEvery: number;
                            /**
                             * @description Unit of repaymentEvery
                             * @example Days
                             * @enum {string}
                             */
                            readonly repaymentFrequencyType: "Days" | "Weeks" | "Months" | "Years";
                            /**
                             * @description Usual interest rate in percent, at most 6 decimals
                             * @example 2
                             */
                            readonly interestRatePerPeriod: number;
                            /**
                             * @description What the rate is for
                             * @example Per day
                             * @enum {string}
                             */
                            readonly interestRateFrequencyType: "Per day" | "Per week" | "Per month" | "Per year" | "Whole term";
                            /** @example Paid back in equal monthly installments */
                            readonly description: string;
                            /** @example TZS */
                            readonly currencyCode: string;
                            /**
                             * @description Default: by ISO 4217
                             * @example 2
                             */
                            readonly currencyDecimals: number;
                            /**
                             * @description Currencies without decimals: amounts are multiples of this; 0 = any
                             * @example 0
                             */
                            readonly currencyInMultiplesOf: number;
                            /**
                             * @description From when due dates are counted
                             * @example Disbursement date
                             * @enum {string}
                             */
                            readonly repaymentStartDateType: "Disbursement date" | "Submission date";
                            /**
                             * @description How principal is spread
                             * @example Equal principal payments
                             * @enum {string}
                             */
                            readonly amortizationType: "Equal principal payments" | "Equal installments";
                            /**
                             * @description What interest is computed on
                             * @example Declining Balance
                             * @enum {string}
                             */
                            readonly interestType: "Declining Balance" | "Flat";
                            /**
                             * @description How interest is counted
                             * @example Daily
                             * @enum {string}
                             */
                            readonly interestCalculationPeriodType: "Daily" | "Same as repayment period";
                            /**
                             * @description Parts of a repayment period bear a part of its interest
                             * @example false
                             */
                            readonly allowPartialPeriodInterest: boolean;
                            /**
                             * @description Day count
                             * @example 360 days
                             * @enum {string}
                             */
                            readonly daysInYearType: "360 days" | "364 days" | "365 days" | "Actual";
                            /**
                             * @description Day count
                             * @example 30 days
                             * @enum {string}
                             */
                            readonly daysInMonthType: "30 days" | "Actual";
                            /**
                             * @description Installments at the start without principal
                             * @example 0
                             */
                            readonly graceOnPrincipalPayment: number;
                            /**
                             * @description Installments at the start whose interest is collected later
                             * @example 0
                             */
                            readonly graceOnInterestPayment: number;
                            /**
                             * @description Installments at the start free of interest
                             * @example 0
                             */
                            readonly graceOnInterestCharged: number;
                            /**
                             * @description Days past due before a loan is delinquent
                             * @example 0
                             */
                            readonly graceOnArrearsAgeing: number;
                            /**
                             * @description How payments are allocated
                             * @example mifos-standard-strategy
                             * @enum {string}
                             */
                            readonly transactionProcessingStrategy: "mifos-standard-strategy" | "heavensfamily-strategy" | "creocore-strategy" | "rbi-india-strategy" | "principal-interest-penalties-fees-order-strategy" | "interest-principal-penalties-fees-order-strategy" | "early-repayment-strategy" | "due-penalty-fee-interest-principal-in-advance-principal-penalty-fee-interest-strategy" | "due-penalty-interest-principal-fee-in-advance-penalty-interest-principal-fee-strategy" | "advanced-payment-allocation-strategy";
                            /**
                             * @description Computed up front, or anew with every transaction
                             * @example Cumulative
                             * @enum {string}
                             */
                            readonly scheduleType: "Cumulative" | "Progressive";
                            /**
                             * @description Progressive: row by row, or step by step
                             * @example Horizontal
                             * @enum {string}
                             */
                            readonly scheduleProcessingType: "Horizontal" | "Vertical";
                            /**
                             * @description With an agreed installment: when the last two are joined
                             * @example 50
                             */
                            readonly principalThresholdForLastInstallment: number;
                            /**
                             * @description Part of each disbursement is due at once
                             * @example false
                             */
                            readonly downPaymentEnabled: boolean;
                            /**
                             * @description The down payment is booked with the disbursement
                             * @example false
                             */
                            readonly downPaymentAutomatic: boolean;
                            /**
                             * @description Paid out in several tranches
                             * @example false
                             */
                            readonly multiDisburse: boolean;
                            /**
                             * @description Tranches are not planned beforehand
                             * @example false
                             */
                            readonly disallowExpectedDisbursements: boolean;
                            /**
                             * @description Each installment is classified by itself
                             * @example false
                             */
                            readonly installmentLevelDelinquency: boolean;
                            /**
                             * @description Non-performing until nothing is overdue
                             * @example false
                             */
                            readonly leavesNonPerformingOnlyWhenArrearsCleared: boolean;
                            /**
                             * @description What the ledger is told
                             * @example None
                             * @enum {string}
                             */
                            readonly accountingMethod: "None" | "Cash" | "Accrual (periodic)";
                            /** @description Advanced allocation only */
                            readonly allocationRules: readonly {
                                /**
                                 * @description Which payments it is for
                                 * @example Default
                                 * @enum {string}
                                 */
                                readonly transactionType: "Default" | "Repayment" | "Down payment" | "Merchant issued refund" | "Payout refund" | "Goodwill credit" | "Charge refund" | "Charge adjustment" | "Waive interest" | "Charge payment" | "Cash refund" | "Interest payment waiver" | "Interest refund";
                                readonly order: readonly ("Past due penalties" | "Past due fees" | "Past due principal" | "Past due interest" | "Due penalties" | "Due fees" | "Due principal" | "Due interest" | "In advance penalties" | "In advance fees" | "In advance principal" | "In advance interest")[];
                                /**
                                 * @description Where money beyond what is due goes
                                 * @example Next installment
                                 * @enum {string}
                                 */
                                readonly futureInstallments: "Next installment" | "Last installment" | "Reamortization";
                            }[];
                            /** @description Advanced allocation only */
                            readonly creditAllocationRules: readonly {
                                /**
                                 * @description Which transactions it is for
                                 * @example Chargeback
                                 * @enum {string}
                                 */
                                readonly transactionType: "Chargeback";
                                readonly order: readonly ("Penalties" | "Fees" | "Principal" | "Interest")[];
                            }[];
                            /** @description GL code by role; a role left out takes the account of the seeded chart */
                            readonly accounts: {
                                /** @example 1000 */
                                readonly fundSource?: string;
                                /** @example 1000 */
                                readonly loanPortfolio?: string;
                                /** @example 1000 */
                                readonly transfersInSuspense?: string;
                                /** @example 1000 */
                                readonly interestReceivable?: string;
                                /** @example 1000 */
                                readonly feeReceivable?: string;
                                /** @example 1000 */
                                readonly penaltyReceivable?: string;
                                /** @example 1000 */
                                readonly interestIncome?: string;
                                /** @example 1000 */
                                readonly feeIncome?: string;
                                /** @example 1000 */
                                readonly penaltyIncome?: string;
                                /** @example 1000 */
                                readonly recoveryIncome?: string;
                                /** @example 1000 */
                                readonly writeOff?: string;
                                /** @example 1000 */
                                readonly overpayment?: string;
                                /** @example 1000 */
                                readonly goodwillCredit?: string;
                                /** @example 1000 */
                                readonly goodwillInterest?: string;
                                /** @example 1000 */
                                readonly goodwillFee?: string;
                                /** @example 1000 */
                                readonly goodwillPenalty?: string;
                                /** @example 1000 */
                                readonly chargeOffExpense?: string;
                                /** @example 1000 */
                                readonly chargeOffFraudExpense?: string;
                                /** @example 1000 */
                                readonly chargeOffInterest?: string;
                                /** @example 1000 */
                                readonly chargeOffFee?: string;
                                /** @example 1000 */
                                readonly chargeOffPenalty?: string;
                            };
                            /**
                             * @description GL code of the fund source by short name of a payment type, where it differs
                             * @example {}
                             */
                            readonly fundSourceByPaymentType: {
                                readonly [key: string]: string;
                            };
                            /**
                             * @description Refunds that bring back the interest on the refunded amount as well
                             * @example []
                             */
                            readonly interestRefundFor: readonly ("Merchant issued refund" | "Payout refund")[];
                            /**
                             * @description Codes of the fees that each loan begins with, and of its overdue penalties
                             * @example []
                             */
                            readonly charges: readonly string[];
                            /**
                             * @description Terms that a loan may choose
                             * @example [
                             *       "numberOfRepayments"
                             *     ]
                             */
                            readonly overridableTerms: readonly string[];
                            /**
                             * @description Least principal of a loan
                             * @example 1000
                             */
                            readonly minPrincipal?: number;
                            /**
                             * @description Largest principal of a loan
                             * @example 5000000
                             */
                            readonly maxPrincipal?: number;
                            /**
                             * @description Fewest repayments
                             * @example 1
                             */
                            readonly minNumberOfRepayments?: number;
                            /**
                             * @description Most repayments
                             * @example 36
                             */
                            readonly maxNumberOfRepayments?: number;
                            /**
                             * @description Lowest rate
                             * @example 0
                             */
                            readonly minInterestRatePerPeriod?: number;
                            /**
                             * @description Highest rate
                             * @example 10
                             */
                            readonly maxInterestRatePerPeriod?: number;
                            /**
                             * Format: date
                             * @example 2025-01-31
                             */
                            readonly offeredFromDate?: string;
                            /**
                             * Format: date
                             * @example 2025-01-31
                             */
                            readonly offeredUntilDate?: string;
                            /** @description Interest follows the actual payments */
                            readonly interestRecalculation?: {
                                /**
                                 * @description When payments begin to count
                                 * @example Same as repayment period
                                 * @enum {string}
                                 */
                                readonly restFrequency: "Same as repayment period" | "Daily";
                                /**
                                 * @description What an early payment changes
                                 * @example Reschedule next repayments
                                 * @enum {string}
                                 */
                                readonly rescheduleStrategy: "Reschedule next repayments" | "Reduce number of installments" | "Reduce installment amount" | "Adjust last unpaid period";
                                /**
                                 * @description Until when a payoff bears interest
                                 * @example Till pre-close date
                                 * @enum {string}
                                 */
                                readonly preCloseRule: "Till pre-close date" | "Till rest frequency date";
                                /**
                                 * @description What bears interest itself
                                 * @example None
                                 * @enum {string}
                                 */
                                readonly compounding: "None" | "Interest" | "Fee" | "Interest and fee";
                                /** @example 1 */
                                readonly compoundingDay?: number;
                                /**
                                 * @description Arrears by the first schedule
                                 * @example false
                                 */
                                readonly arrearsBasedOnOriginalSchedule?: boolean;
                            };
                            /**
                             * @description Installments are multiples of so many currency units
                             * @example 1
                             */
                            readonly installmentAmountInMultiplesOf?: number;
                            /**
                             * @description Length of the loan in units of repaymentFrequencyType
                             * @example 90
                             */
                            readonly fixedLength?: number;
                            /**
                             * @description Equal principal payments: share of each
                             * @example 5
                             */
                            readonly fixedPrincipalPercentagePerInstallment?: number;
                            /**
                             * @description Share of a disbursement that is due at once
                             * @example 25
                             */
                            readonly downPaymentPercentage?: number;
                            /**
                             * @description Most disbursements
                             * @example 10
                             */
                            readonly maxTrancheCount?: number;
                            /**
                             * @description Largest principal outstanding after a tranche
                             * @example 10000000
                             */
                            readonly maxOutstandingBalance?: number;
                            /**
                             * @description By how much more may be approved than was applied for
                             * @example 50
                             */
                            readonly overAppliedPercentage?: number;
                            /**
                             * @description Days in arrears after which a loan is non-performing
                             * @example 90
                             */
                            readonly overdueDaysForNonPerforming?: number;
                            /**
                             * @description So much may be open, or overpaid, when a loan is closed by hand
                             * @example 100
                             */
                            readonly closingTolerance?: number;
                            /**
                             * @description Accrued income is stated by transactions of its own
                             * @example false
                             */
                            readonly statesAccrualActivity?: boolean;
                            /**
                             * @description Days before a due date at which the reminder is raised
                             * @example 1
                             */
                            readonly daysBeforeRepaymentIsDue?: number;
                            /**
                             * @description Days after a due date at which the overdue event is raised
                             * @example 2
                             */
                            readonly daysAfterRepaymentIsOverdue?: number;
                            /**
                             * @description Code of a bucket
                             * @example STANDARD
                             */
                            readonly delinquencyBucket?: string;
                            /** @description Of the delinquencyBucket */
                            readonly delinquencyRanges?: readonly {
                                /** @example DAYS_1_30 */
                                readonly code: string;
                                /** @example 1 to 30 days past due */
                                readonly name: string;
                                /** @example 1 */
                                readonly minDays: number;
                                /** @example 30 */
                                readonly maxDays?: number;
                            }[];
                            /**
                             * Format: date-time
                             * @example 2025-01-31T09:00:00.000Z
                             */
                            readonly recordedAt: string;
                            /** @description The account; absent: the system itself */
                            readonly madeBy?: string;
                        }[];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listLoans: {
        readonly parameters: {
            readonly query?: {
                /** @description Page number, from 1 */
                readonly page?: number;
                /** @description Items per page, at most 100 */
                readonly rows?: number;
                readonly orderBy?: "id" | "principal" | "expectedDisbursementDate";
                readonly sortOrder?: "ASC" | "DESC";
                /** @description The `nextCursor` of the page before, in place of `page`. Keep the other fields as they were. */
                readonly after?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly customerId?: string | number;
                /**
                 * @description The caller's own id, 1 to 128 characters of any kind
                 * @example CUST-7781
                 */
                readonly customerExternalId?: string;
                /**
                 * @description A label, in any case, or its code
                 * @example Active
                 */
                readonly status?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly productId?: string | number;
                /**
                 * @description The caller's own id, 1 to 128 characters of any kind
                 * @example CUST-7781
                 */
                readonly externalId?: string;
                /** @description true: only loans with something due and unpaid */
                readonly overdue?: boolean;
                /** @description Only loans at least so many days past due */
                readonly minDaysPastDue?: number;
                /**
                 * @description Code of the range that the loan is in
                 * @example DAYS_1_30
                 */
                readonly delinquencyRange?: string;
                readonly nonPerforming?: boolean;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "accountNo": "000000042",
                     *           "externalId": "LOAN-2025-0042",
                     *           "customerId": "7",
                     *           "customerExternalId": "CUST-7781",
                     *           "customerName": "CUST-7781 Customer",
                     *           "loanProductId": "2",
                     *           "loanProductName": "Term loan, 12 months",
                     *           "status": "Active",
                     *           "principal": 600000,
                     *           "currencyCode": "TZS",
                     *           "termFrequency": 12,
                     *           "termFrequencyType": "Months",
                     *           "numberOfRepayments": 12,
                     *           "repaymentEvery": 1,
                     *           "repaymentFrequencyType": "Months",
                     *           "interestRatePerPeriod": 2,
                     *           "interestRateFrequencyType": "Per month",
                     *           "submittedDate": "2025-01-15",
                     *           "expectedDisbursementDate": "2025-01-15",
                     *           "chargedOff": false,
                     *           "principalDisbursed": 600000,
                     *           "principalPaid": 44735.76,
                     *           "principalWrittenOff": 0,
                     *           "principalOutstanding": 555264.24,
                     *           "principalOverdue": 0,
                     *           "interestCharged": 80829.1,
                     *           "interestPaid": 15264.24,
                     *           "interestWaived": 0,
                     *           "interestWrittenOff": 0,
                     *           "interestOutstanding": 65564.86,
                     *           "interestOverdue": 0,
                     *           "feesCharged": 0,
                     *           "feesPaid": 0,
                     *           "feesWaived": 0,
                     *           "feesWrittenOff": 0,
                     *           "feesOutstanding": 0,
                     *           "feesOverdue": 0,
                     *           "penaltiesCharged": 0,
                     *           "penaltiesPaid": 0,
                     *           "penaltiesWaived": 0,
                     *           "penaltiesWrittenOff": 0,
                     *           "penaltiesOutstanding": 0,
                     *           "penaltiesOverdue": 0,
                     *           "totalRepayment": 60000,
                     *           "totalOverdue": 0,
                     *           "totalOverpaid": 0,
                     *           "totalOutstanding": 620829.1,
                     *           "daysPastDue": 0,
                     *           "nonPerforming": false,
                     *           "approvedPrincipal": 600000,
                     *           "approvedDate": "2025-01-15",
                     *           "disbursedDate": "2025-01-15",
                     *           "maturityDate": "2026-01-15",
                     *           "nextDueDate": "2025-03-15",
                     *           "nextDueAmount": 53471.52
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "page": 1,
                     *       "rowsPerPage": 10
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["ListedLoan"][];
                        /** @description Number of items on all pages */
                        readonly total: number;
                        readonly page: number;
                        readonly rowsPerPage: number;
                        /** @description Give it as `after` to read on; absent on the last page */
                        readonly nextCursor?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "customerId": "7",
                 *       "productId": "2",
                 *       "principal": 600000,
                 *       "externalId": "LOAN-2025-0042"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description A customer's id as integer; as string the id or the customer's externalId
                     * @example 42
                     */
                    readonly customerId?: string | number;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly customerExternalId?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly productId: string | number;
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly principal: number;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    /**
                     * @description false: the loan stays submitted
                     * @default true
                     */
                    readonly disburse?: boolean;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly submittedOnDate?: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly expectedDisbursementDate?: string;
                    /** @example 12 */
                    readonly numberOfRepayments?: number;
                    /** @example 1 */
                    readonly repaymentEvery?: number;
                    /**
                     * @description Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                     * @example Days
                     * @enum {string|integer}
                     */
                    readonly repaymentFrequencyType?: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                    /**
                     * @description Percent
                     * @example 2
                     */
                    readonly interestRatePerPeriod?: number;
                    /**
                     * @description Label, or code: 0 Declining Balance, 1 Flat
                     * @example Declining Balance
                     * @enum {string|integer}
                     */
                    readonly interestType?: "Declining Balance" | "Flat" | 0 | 1;
                    /**
                     * @description Label, or code: 0 Equal principal payments, 1 Equal installments
                     * @example Equal principal payments
                     * @enum {string|integer}
                     */
                    readonly amortizationType?: "Equal principal payments" | "Equal installments" | 0 | 1;
                    /**
                     * @description Label, or code: 0 Daily, 1 Same as repayment period
                     * @example Daily
                     * @enum {string|integer}
                     */
                    readonly interestCalculationPeriodType?: "Daily" | "Same as repayment period" | 0 | 1;
                    /** @description Installments at the start without principal */
                    readonly graceOnPrincipalPayment?: number;
                    /** @description Installments at the start whose interest is collected later */
                    readonly graceOnInterestPayment?: number;
                    /** @description Installments at the start free of interest */
                    readonly graceOnInterestCharged?: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly firstRepaymentDate?: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly interestChargedFromDate?: string;
                    /**
                     * @description Besides those that every loan of the product has
                     * @example [
                     *       {
                     *         "chargeId": "VISIT",
                     *         "dueDate": "2025-02-10"
                     *       }
                     *     ]
                     */
                    readonly charges?: readonly {
                        /**
                         * @description Id of the charge, or its code
                         * @example 3
                         */
                        readonly chargeId: string | number;
                        /**
                         * Format: date
                         * @description YYYY-MM-DD
                         * @example 2025-01-31
                         */
                        readonly dueDate?: string;
                        /**
                         * @description In place of what the charge says
                         * @example 2500
                         */
                        readonly amount?: number;
                    }[];
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getLoanByExternalId: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly asOf?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateLoanByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "principal": 250000,
                 *       "numberOfRepayments": 12,
                 *       "interestRatePerPeriod": 2,
                 *       "externalId": "CUST-7781"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly principal?: number;
                    /** @example 12 */
                    readonly numberOfRepayments?: number;
                    /** @example 2 */
                    readonly interestRatePerPeriod?: number;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deleteLoanByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 202: components["responses"]["pending"];
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly adjustDisbursementDateByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "actualDisbursementDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly actualDisbursementDate: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly approveLoanByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "approvedOnDate": "2025-01-31",
                 *       "approvedLoanAmount": 250000,
                 *       "expectedDisbursementDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly approvedOnDate: string;
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly approvedLoanAmount?: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly expectedDisbursementDate?: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listLoanChargesByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "1",
                     *           "loanId": "42",
                     *           "code": "LATE_FEE",
                     *           "name": "Late fee",
                     *           "penalty": true,
                     *           "chargeTimeType": "Disbursement",
                     *           "chargeCalculationType": "Flat",
                     *           "amountOrPercentage": 1.5,
                     *           "dueDate": "2025-01-31",
                     *           "submittedDate": "2025-01-31",
                     *           "installment": 1,
                     *           "amount": 250000,
                     *           "amountPaid": 250000,
                     *           "amountWaived": 250000,
                     *           "amountWrittenOff": 250000,
                     *           "amountOutstanding": 250000,
                     *           "waived": true,
                     *           "transactionId": "42"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["LoanCharge"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly addLoanChargeByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "chargeId": "3",
                 *       "dueDate": "2025-01-31",
                 *       "amount": 2500,
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Id of the charge, or its code
                     * @example 3
                     */
                    readonly chargeId: string | number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly dueDate?: string;
                    /**
                     * @description In place of what the charge says
                     * @example 2500
                     */
                    readonly amount?: number;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getLoanChargeByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateLoanChargeByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "amount": 2500,
                 *       "dueDate": "2025-01-31"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description In place of what the charge says
                     * @example 2500
                     */
                    readonly amount?: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly dueDate?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deleteLoanChargeByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 202: components["responses"]["pending"];
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly adjustLoanChargeByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 250000,
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly refundLoanChargeByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 250000,
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount?: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly undoLoanChargeWaiverByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly waiveLoanChargeByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getLoanDelinquencyByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanDelinquency"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly pauseDelinquencyByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "startDate": "2025-01-31",
                 *       "endDate": "2025-01-31",
                 *       "note": "text"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly startDate: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly endDate: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanDelinquency"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument_or_failed_precondition"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly resumeDelinquencyByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "text"
                 *     }
                 */
                readonly "application/json": {
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanDelinquency"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument_or_failed_precondition"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly disburseLoanByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "actualDisbursementDate": "2025-01-31",
                 *       "transactionAmount": 250000,
                 *       "paymentTypeId": "1"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly actualDisbursementDate: string;
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount?: number;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly explainLoanByExternalId: {
        readonly parameters: {
            readonly query?: {
                /** @description With `component` */
                readonly installment?: number;
                readonly component?: "principal" | "interest" | "fees" | "penalties";
                /** @description In place of the others */
                readonly balance?: "principal";
            };
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Explanation"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getPayoffByExternalId: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly date?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "loanId": "42",
                     *       "date": "2025-01-31",
                     *       "principal": 250000,
                     *       "interest": 250000,
                     *       "fees": 250000,
                     *       "penalties": 250000,
                     *       "total": 250000
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description Opaque id
                         * @example 42
                         */
                        readonly loanId: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly date: string;
                        /** @example 250000 */
                        readonly principal: number;
                        /** @example 250000 */
                        readonly interest: number;
                        /** @example 250000 */
                        readonly fees: number;
                        /** @example 250000 */
                        readonly penalties: number;
                        /** @example 250000 */
                        readonly total: number;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly rejectLoanByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listRepaymentsByExternalId: {
        readonly parameters: {
            readonly query?: {
                /** @description Page number, from 1 */
                readonly page?: number;
                /** @description Items per page, at most 100 */
                readonly rows?: number;
                readonly orderBy?: "date";
                readonly sortOrder?: "ASC" | "DESC";
                /** @description The `nextCursor` of the page before, in place of `page`. Keep the other fields as they were. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "108",
                     *           "loanId": "42",
                     *           "type": "Repayment",
                     *           "date": "2025-02-15",
                     *           "amount": 60000,
                     *           "status": "posted",
                     *           "reversed": false,
                     *           "principal": 44735.76,
                     *           "interest": 15264.24,
                     *           "receiptNumber": "R-1001"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "page": 1,
                     *       "rowsPerPage": 10
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Repayment"][];
                        /** @description Number of items on all pages */
                        readonly total: number;
                        readonly page: number;
                        readonly rowsPerPage: number;
                        /** @description Give it as `after` to read on; absent on the last page */
                        readonly nextCursor?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createRepaymentByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 60000,
                 *       "transactionDate": "2025-02-14",
                 *       "idempotencyKey": "MPESA-QK77810",
                 *       "paymentTypeId": "1",
                 *       "receiptNumber": "QK77810"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument_or_failed_precondition"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly chargeOffLoanByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly refundCreditBalanceByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly recordGoodwillCreditByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly recordMerchantRefundByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly recordPayoutRefundByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly recordRecoveryByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly refundPaymentByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly undoChargeOffByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly waiveInterestByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getRepaymentByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly transaction_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly adjustRepaymentByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly transaction_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-01-31",
                 *       "transactionAmount": 250000,
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /**
                     * @description Amount
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly chargeBackRepaymentByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly transaction_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-03-15",
                 *       "transactionAmount": 4000,
                 *       "note": "Disputed at the bank"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reverseRepaymentByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly transaction_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly rollBackLoanByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "loanId": "42",
                     *       "externalId": "text",
                     *       "steps": [
                     *         "undo-disbursal"
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description Opaque id
                         * @example 42
                         */
                        readonly loanId: string;
                        readonly externalId?: string;
                        readonly steps: readonly ("undo-disbursal" | "undo-approval" | "delete")[];
                    };
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getStatementByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    readonly "application/pdf": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listTransactionsByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "loanId": "42",
                     *           "type": "Repayment",
                     *           "date": "2025-01-31",
                     *           "amount": 250000,
                     *           "principal": 250000,
                     *           "interest": 250000,
                     *           "fees": 250000,
                     *           "penalties": 250000,
                     *           "overpaymentPortion": 250000,
                     *           "status": "posted",
                     *           "reversed": true,
                     *           "externalId": "text",
                     *           "idempotencyKey": "text",
                     *           "note": "text",
                     *           "paymentTypeId": "42",
                     *           "receiptNumber": "text",
                     *           "submittedDate": "2025-01-31",
                     *           "principalBalance": 250000,
                     *           "charges": [
                     *             {
                     *               "chargeId": "1",
                     *               "code": "text",
                     *               "amount": 250000
                     *             }
                     *           ],
                     *           "journal": [
                     *             {
                     *               "date": "2025-01-31",
                     *               "lines": [
                     *                 {
                     *                   "glCode": "1100",
                     *                   "debit": 250000,
                     *                   "credit": 250000
                     *                 }
                     *               ]
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "total": 1
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly {
                            /**
                             * @description Opaque id
                             * @example 42
                             */
                            readonly id: string;
                            /**
                             * @description Opaque id
                             * @example 42
                             */
                            readonly loanId: string;
                            /** @example Repayment */
                            readonly type: string;
                            /**
                             * Format: date
                             * @example 2025-01-31
                             */
                            readonly date: string;
                            /** @example 250000 */
                            readonly amount: number;
                            /** @example 250000 */
                            readonly principal?: number;
                            /** @example 250000 */
                            readonly interest?: number;
                            /** @example 250000 */
                            readonly fees?: number;
                            /** @example 250000 */
                            readonly penalties?: number;
                            /** @example 250000 */
                            readonly overpaymentPortion?: number;
                            /** @enum {string} */
                            readonly status: "posted" | "reversed";
                            readonly reversed: boolean;
                            readonly externalId?: string;
                            readonly idempotencyKey?: string;
                            readonly note?: string;
                            /**
                             * @description Opaque id
                             * @example 42
                             */
                            readonly paymentTypeId?: string;
                            readonly receiptNumber?: string;
                            /**
                             * Format: date
                             * @example 2025-01-31
                             */
                            readonly submittedDate: string;
                            /** @example 250000 */
                            readonly principalBalance: number;
                            /** @description What of it went to which charge of the loan; of a waiver what it forgave */
                            readonly charges?: readonly {
                                /** @example 1 */
                                readonly chargeId: string;
                                readonly code: string;
                                /** @example 250000 */
                                readonly amount: number;
                            }[];
                            /** @description One entry per posting; a replay or a reversal posts the mirror of the one before */
                            readonly journal: readonly {
                                /**
                                 * Format: date
                                 * @example 2025-01-31
                                 */
                                readonly date: string;
                                readonly lines: readonly {
                                    /** @example 1100 */
                                    readonly glCode: string;
                                    /** @example 250000 */
                                    readonly debit?: number;
                                    /** @example 250000 */
                                    readonly credit?: number;
                                }[];
                            }[];
                        }[];
                        readonly total: number;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly undoApprovalByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly undoDisbursalByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly withdrawLoanByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly writeOffLoanByExternalId: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /** @description The caller's own id, URL-encoded */
                readonly loan_external_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly previewLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "productId": "2",
                 *       "principal": 600000
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description A customer's id as integer; as string the id or the customer's externalId
                     * @example 42
                     */
                    readonly customerId?: string | number;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly customerExternalId?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly productId: string | number;
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly principal: number;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    /**
                     * @description false: the loan stays submitted
                     * @default true
                     */
                    readonly disburse?: boolean;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly submittedOnDate?: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly expectedDisbursementDate?: string;
                    /** @example 12 */
                    readonly numberOfRepayments?: number;
                    /** @example 1 */
                    readonly repaymentEvery?: number;
                    /**
                     * @description Label, or code: 0 Days, 1 Weeks, 2 Months, 3 Years
                     * @example Days
                     * @enum {string|integer}
                     */
                    readonly repaymentFrequencyType?: "Days" | "Weeks" | "Months" | "Years" | 0 | 1 | 2 | 3;
                    /**
                     * @description Percent
                     * @example 2
                     */
                    readonly interestRatePerPeriod?: number;
                    /**
                     * @description Label, or code: 0 Declining Balance, 1 Flat
                     * @example Declining Balance
                     * @enum {string|integer}
                     */
                    readonly interestType?: "Declining Balance" | "Flat" | 0 | 1;
                    /**
                     * @description Label, or code: 0 Equal principal payments, 1 Equal installments
                     * @example Equal principal payments
                     * @enum {string|integer}
                     */
                    readonly amortizationType?: "Equal principal payments" | "Equal installments" | 0 | 1;
                    /**
                     * @description Label, or code: 0 Daily, 1 Same as repayment period
                     * @example Daily
                     * @enum {string|integer}
                     */
                    readonly interestCalculationPeriodType?: "Daily" | "Same as repayment period" | 0 | 1;
                    /** @description Installments at the start without principal */
                    readonly graceOnPrincipalPayment?: number;
                    /** @description Installments at the start whose interest is collected later */
                    readonly graceOnInterestPayment?: number;
                    /** @description Installments at the start free of interest */
                    readonly graceOnInterestCharged?: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly firstRepaymentDate?: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly interestChargedFromDate?: string;
                    /**
                     * @description Besides those that every loan of the product has
                     * @example [
                     *       {
                     *         "chargeId": "VISIT",
                     *         "dueDate": "2025-02-10"
                     *       }
                     *     ]
                     */
                    readonly charges?: readonly {
                        /**
                         * @description Id of the charge, or its code
                         * @example 3
                         */
                        readonly chargeId: string | number;
                        /**
                         * Format: date
                         * @description YYYY-MM-DD
                         * @example 2025-01-31
                         */
                        readonly dueDate?: string;
                        /**
                         * @description In place of what the charge says
                         * @example 2500
                         */
                        readonly amount?: number;
                    }[];
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanPreview"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getLoan: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly asOf?: string;
            };
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "principal": 250000,
                 *       "numberOfRepayments": 12,
                 *       "interestRatePerPeriod": 2,
                 *       "externalId": "CUST-7781"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly principal?: number;
                    /** @example 12 */
                    readonly numberOfRepayments?: number;
                    /** @example 2 */
                    readonly interestRatePerPeriod?: number;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deleteLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 202: components["responses"]["pending"];
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly adjustDisbursementDate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "actualDisbursementDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly actualDisbursementDate: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly approveLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "approvedOnDate": "2025-01-31",
                 *       "approvedLoanAmount": 250000,
                 *       "expectedDisbursementDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly approvedOnDate: string;
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly approvedLoanAmount?: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly expectedDisbursementDate?: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listLoanCharges: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "1",
                     *           "loanId": "42",
                     *           "code": "LATE_FEE",
                     *           "name": "Late fee",
                     *           "penalty": true,
                     *           "chargeTimeType": "Disbursement",
                     *           "chargeCalculationType": "Flat",
                     *           "amountOrPercentage": 1.5,
                     *           "dueDate": "2025-01-31",
                     *           "submittedDate": "2025-01-31",
                     *           "installment": 1,
                     *           "amount": 250000,
                     *           "amountPaid": 250000,
                     *           "amountWaived": 250000,
                     *           "amountWrittenOff": 250000,
                     *           "amountOutstanding": 250000,
                     *           "waived": true,
                     *           "transactionId": "42"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["LoanCharge"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly addLoanCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "chargeId": "3",
                 *       "dueDate": "2025-01-31",
                 *       "amount": 2500,
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Id of the charge, or its code
                     * @example 3
                     */
                    readonly chargeId: string | number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly dueDate?: string;
                    /**
                     * @description In place of what the charge says
                     * @example 2500
                     */
                    readonly amount?: number;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getLoanCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateLoanCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "amount": 2500,
                 *       "dueDate": "2025-01-31"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description In place of what the charge says
                     * @example 2500
                     */
                    readonly amount?: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly dueDate?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deleteLoanCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 202: components["responses"]["pending"];
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly adjustLoanCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 250000,
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly refundLoanCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 250000,
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount?: number;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly undoLoanChargeWaiver: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly waiveLoanCharge: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly charge_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanCharge"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly closeLoanDays: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /** @example {} */
                readonly "application/json": Record<string, never>;
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ClosedLoan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getLoanDelinquency: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanDelinquency"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly pauseDelinquency: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "startDate": "2025-01-31",
                 *       "endDate": "2025-01-31",
                 *       "note": "text"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly startDate: string;
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly endDate: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanDelinquency"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument_or_failed_precondition"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly resumeDelinquency: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "text"
                 *     }
                 */
                readonly "application/json": {
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["LoanDelinquency"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument_or_failed_precondition"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly disburseLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "actualDisbursementDate": "2025-01-31",
                 *       "transactionAmount": 250000,
                 *       "paymentTypeId": "1"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly actualDisbursementDate: string;
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount?: number;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly explainLoan: {
        readonly parameters: {
            readonly query?: {
                /** @description With `component` */
                readonly installment?: number;
                readonly component?: "principal" | "interest" | "fees" | "penalties";
                /** @description In place of the others */
                readonly balance?: "principal";
            };
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Explanation"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getPayoff: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly date?: string;
            };
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "loanId": "42",
                     *       "date": "2025-01-31",
                     *       "principal": 250000,
                     *       "interest": 250000,
                     *       "fees": 250000,
                     *       "penalties": 250000,
                     *       "total": 250000
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description Opaque id
                         * @example 42
                         */
                        readonly loanId: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly date: string;
                        /** @example 250000 */
                        readonly principal: number;
                        /** @example 250000 */
                        readonly interest: number;
                        /** @example 250000 */
                        readonly fees: number;
                        /** @example 250000 */
                        readonly penalties: number;
                        /** @example 250000 */
                        readonly total: number;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly rejectLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listRepayments: {
        readonly parameters: {
            readonly query?: {
                /** @description Page number, from 1 */
                readonly page?: number;
                /** @description Items per page, at most 100 */
                readonly rows?: number;
                readonly orderBy?: "date";
                readonly sortOrder?: "ASC" | "DESC";
                /** @description The `nextCursor` of the page before, in place of `page`. Keep the other fields as they were. */
                readonly after?: string;
            };
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "108",
                     *           "loanId": "42",
                     *           "type": "Repayment",
                     *           "date": "2025-02-15",
                     *           "amount": 60000,
                     *           "status": "posted",
                     *           "reversed": false,
                     *           "principal": 44735.76,
                     *           "interest": 15264.24,
                     *           "receiptNumber": "R-1001"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "page": 1,
                     *       "rowsPerPage": 10
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Repayment"][];
                        /** @description Number of items on all pages */
                        readonly total: number;
                        readonly page: number;
                        readonly rowsPerPage: number;
                        /** @description Give it as `after` to read on; absent on the last page */
                        readonly nextCursor?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createRepayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 60000,
                 *       "transactionDate": "2025-02-14",
                 *       "idempotencyKey": "MPESA-QK77810",
                 *       "paymentTypeId": "1",
                 *       "receiptNumber": "QK77810"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument_or_failed_precondition"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly chargeOffLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly refundCreditBalance: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly recordGoodwillCredit: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly recordMerchantRefund: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly recordPayoutRefund: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly recordRecovery: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly refundPayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly undoChargeOff: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly waiveInterest: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionAmount": 100,
                 *       "note": "Agreed by telephone"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /**
                     * Format: date
                     * @description Value date; today when absent
                     * @example 2025-01-31
                     */
                    readonly transactionDate?: string;
                    /** @description Names the payment within its loan: sent again, the first one is answered */
                    readonly idempotencyKey?: string;
                    /**
                     * @description An id, as string or integer
                     * @example 42
                     */
                    readonly paymentTypeId?: string | number;
                    readonly receiptNumber?: string;
                    /**
                     * @description The caller's own id, 1 to 128 characters of any kind
                     * @example CUST-7781
                     */
                    readonly externalId?: string;
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getRepayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly transaction_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly adjustRepayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly transaction_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-01-31",
                 *       "transactionAmount": 250000,
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /**
                     * @description Amount
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly chargeBackRepayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly transaction_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-03-15",
                 *       "transactionAmount": 4000,
                 *       "note": "Disputed at the bank"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /**
                     * @description Amount, more than 0
                     * @example 250000
                     */
                    readonly transactionAmount: number;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reverseRepayment: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly transaction_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Repayment"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly rollBackLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "loanId": "42",
                     *       "externalId": "text",
                     *       "steps": [
                     *         "undo-disbursal"
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description Opaque id
                         * @example 42
                         */
                        readonly loanId: string;
                        readonly externalId?: string;
                        readonly steps: readonly ("undo-disbursal" | "undo-approval" | "delete")[];
                    };
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getStatement: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    readonly "application/pdf": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listTransactions: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "loanId": "42",
                     *           "type": "Repayment",
                     *           "date": "2025-01-31",
                     *           "amount": 250000,
                     *           "principal": 250000,
                     *           "interest": 250000,
                     *           "fees": 250000,
                     *           "penalties": 250000,
                     *           "overpaymentPortion": 250000,
                     *           "status": "posted",
                     *           "reversed": true,
                     *           "externalId": "text",
                     *           "idempotencyKey": "text",
                     *           "note": "text",
                     *           "paymentTypeId": "42",
                     *           "receiptNumber": "text",
                     *           "submittedDate": "2025-01-31",
                     *           "principalBalance": 250000,
                     *           "charges": [
                     *             {
                     *               "chargeId": "1",
                     *               "code": "text",
                     *               "amount": 250000
                     *             }
                     *           ],
                     *           "journal": [
                     *             {
                     *               "date": "2025-01-31",
                     *               "lines": [
                     *                 {
                     *                   "glCode": "1100",
                     *                   "debit": 250000,
                     *                   "credit": 250000
                     *                 }
                     *               ]
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "total": 1
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly {
                            /**
                             * @description Opaque id
                             * @example 42
                             */
                            readonly id: string;
                            /**
                             * @description Opaque id
                             * @example 42
                             */
                            readonly loanId: string;
                            /** @example Repayment */
                            readonly type: string;
                            /**
                             * Format: date
                             * @example 2025-01-31
                             */
                            readonly date: string;
                            /** @example 250000 */
                            readonly amount: number;
                            /** @example 250000 */
                            readonly principal?: number;
                            /** @example 250000 */
                            readonly interest?: number;
                            /** @example 250000 */
                            readonly fees?: number;
                            /** @example 250000 */
                            readonly penalties?: number;
                            /** @example 250000 */
                            readonly overpaymentPortion?: number;
                            /** @enum {string} */
                            readonly status: "posted" | "reversed";
                            readonly reversed: boolean;
                            readonly externalId?: string;
                            readonly idempotencyKey?: string;
                            readonly note?: string;
                            /**
                             * @description Opaque id
                             * @example 42
                             */
                            readonly paymentTypeId?: string;
                            readonly receiptNumber?: string;
                            /**
                             * Format: date
                             * @example 2025-01-31
                             */
                            readonly submittedDate: string;
                            /** @example 250000 */
                            readonly principalBalance: number;
                            /** @description What of it went to which charge of the loan; of a waiver what it forgave */
                            readonly charges?: readonly {
                                /** @example 1 */
                                readonly chargeId: string;
                                readonly code: string;
                                /** @example 250000 */
                                readonly amount: number;
                            }[];
                            /** @description One entry per posting; a replay or a reversal posts the mirror of the one before */
                            readonly journal: readonly {
                                /**
                                 * Format: date
                                 * @example 2025-01-31
                                 */
                                readonly date: string;
                                readonly lines: readonly {
                                    /** @example 1100 */
                                    readonly glCode: string;
                                    /** @example 250000 */
                                    readonly debit?: number;
                                    /** @example 250000 */
                                    readonly credit?: number;
                                }[];
                            }[];
                        }[];
                        readonly total: number;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly undoApproval: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly undoDisbursal: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly withdrawLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly writeOffLoan: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly loan_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "transactionDate": "2025-01-31",
                 *       "note": "As asked by the customer"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date
                     * @description YYYY-MM-DD
                     * @example 2025-01-31
                     */
                    readonly transactionDate: string;
                    /** @example As asked by the customer */
                    readonly note?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Loan"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listOffices: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "name": "Arusha",
                     *           "shortName": "TL12",
                     *           "active": true
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["Office"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createOffice: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Arusha",
                 *       "shortName": "TL12"
                 *     }
                 */
                readonly "application/json": {
                    /** @example Arusha */
                    readonly name: string;
                    /**
                     * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                     * @example TL12
                     */
                    readonly shortName: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Office"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updateOffice: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly reference_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Arusha"
                 *     }
                 */
                readonly "application/json": {
                    /** @example Arusha */
                    readonly name: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Office"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly activateOffice: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly reference_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Office"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deactivateOffice: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly reference_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Office"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listPaymentTypes: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "name": "Agent",
                     *           "shortName": "TL12",
                     *           "active": true
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["PaymentType"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createPaymentType: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Agent",
                 *       "shortName": "TL12"
                 *     }
                 */
                readonly "application/json": {
                    /** @example Agent */
                    readonly name: string;
                    /**
                     * @description 1 to 128 letters, digits, dots, dashes or underscores; unique
                     * @example TL12
                     */
                    readonly shortName: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PaymentType"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly updatePaymentType: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly reference_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "name": "Agent"
                 *     }
                 */
                readonly "application/json": {
                    /** @example Agent */
                    readonly name: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PaymentType"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly activatePaymentType: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly reference_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PaymentType"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deactivatePaymentType: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly reference_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PaymentType"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportAgeing: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly date?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly productId?: string | number;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "ageing",
                     *       "title": "Ageing",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "product": "text",
                     *           "currencyCode": "text",
                     *           "currentLoans": 1,
                     *           "currentPrincipal": 0,
                     *           "days1to29Loans": 1,
                     *           "days1to29Principal": 0,
                     *           "days30to59Loans": 1,
                     *           "days30to59Principal": 0,
                     *           "days60to89Loans": 1,
                     *           "days60to89Principal": 0,
                     *           "days90to179Loans": 1,
                     *           "days90to179Principal": 0,
                     *           "days180andMoreLoans": 1,
                     *           "days180andMorePrincipal": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example ageing */
                        readonly name: string;
                        /** @example Ageing */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /** @description Product */
                            readonly product?: string;
                            /** @description Currency */
                            readonly currencyCode?: string;
                            /** @description Not past due: loans */
                            readonly currentLoans?: number;
                            /** @description Not past due: principal */
                            readonly currentPrincipal?: number;
                            /** @description 1-29 days: loans */
                            readonly days1to29Loans?: number;
                            /** @description 1-29 days: principal */
                            readonly days1to29Principal?: number;
                            /** @description 30-59 days: loans */
                            readonly days30to59Loans?: number;
                            /** @description 30-59 days: principal */
                            readonly days30to59Principal?: number;
                            /** @description 60-89 days: loans */
                            readonly days60to89Loans?: number;
                            /** @description 60-89 days: principal */
                            readonly days60to89Principal?: number;
                            /** @description 90-179 days: loans */
                            readonly days90to179Loans?: number;
                            /** @description 90-179 days: principal */
                            readonly days90to179Principal?: number;
                            /** @description 180 days and more: loans */
                            readonly days180andMoreLoans?: number;
                            /** @description 180 days and more: principal */
                            readonly days180andMorePrincipal?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportBalanceSheet: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly date?: string;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "balance-sheet",
                     *       "title": "Balance sheet",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "section": "text",
                     *           "glCode": "text",
                     *           "name": "text",
                     *           "amount": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example balance-sheet */
                        readonly name: string;
                        /** @example Balance sheet */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /** @description Section */
                            readonly section?: string;
                            /** @description GL code */
                            readonly glCode?: string;
                            /** @description Name */
                            readonly name?: string;
                            /** @description Amount */
                            readonly amount?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportCollections: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly from?: string;
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly to?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly productId?: string | number;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "collections",
                     *       "title": "Expected against collected",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "date": "2025-01-31",
                     *           "product": "text",
                     *           "currencyCode": "text",
                     *           "expectedPrincipal": 0,
                     *           "expected": 0,
                     *           "payments": 1,
                     *           "collectedPrincipal": 0,
                     *           "collected": 0,
                     *           "collectedShare": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example collections */
                        readonly name: string;
                        /** @example Expected against collected */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /**
                             * Format: date
                             * @description Date
                             * @example 2025-01-31
                             */
                            readonly date?: string;
                            /** @description Product */
                            readonly product?: string;
                            /** @description Currency */
                            readonly currencyCode?: string;
                            /** @description Principal due */
                            readonly expectedPrincipal?: number;
                            /** @description Total due */
                            readonly expected?: number;
                            /** @description Payments */
                            readonly payments?: number;
                            /** @description Principal collected */
                            readonly collectedPrincipal?: number;
                            /** @description Total collected */
                            readonly collected?: number;
                            /** @description Collected of due */
                            readonly collectedShare?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportDisbursements: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly from?: string;
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly to?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly productId?: string | number;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "disbursements",
                     *       "title": "Disbursements",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "date": "2025-01-31",
                     *           "product": "text",
                     *           "currencyCode": "text",
                     *           "disbursements": 1,
                     *           "amount": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example disbursements */
                        readonly name: string;
                        /** @example Disbursements */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /**
                             * Format: date
                             * @description Date
                             * @example 2025-01-31
                             */
                            readonly date?: string;
                            /** @description Product */
                            readonly product?: string;
                            /** @description Currency */
                            readonly currencyCode?: string;
                            /** @description Disbursements */
                            readonly disbursements?: number;
                            /** @description Amount */
                            readonly amount?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportIncomeStatement: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly from?: string;
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly to?: string;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "income-statement",
                     *       "title": "Income statement",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "section": "text",
                     *           "glCode": "text",
                     *           "name": "text",
                     *           "amount": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example income-statement */
                        readonly name: string;
                        /** @example Income statement */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /** @description Section */
                            readonly section?: string;
                            /** @description GL code */
                            readonly glCode?: string;
                            /** @description Name */
                            readonly name?: string;
                            /** @description Amount */
                            readonly amount?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportLosses: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly from?: string;
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly to?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly productId?: string | number;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "losses",
                     *       "title": "Write-offs and recoveries",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "date": "2025-01-31",
                     *           "product": "text",
                     *           "currencyCode": "text",
                     *           "writtenOffLoans": 1,
                     *           "writtenOffPrincipal": 0,
                     *           "writtenOff": 0,
                     *           "chargedOffLoans": 1,
                     *           "chargedOffPrincipal": 0,
                     *           "chargedOff": 0,
                     *           "recoveries": 1,
                     *           "recovered": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example losses */
                        readonly name: string;
                        /** @example Write-offs and recoveries */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /**
                             * Format: date
                             * @description Date
                             * @example 2025-01-31
                             */
                            readonly date?: string;
                            /** @description Product */
                            readonly product?: string;
                            /** @description Currency */
                            readonly currencyCode?: string;
                            /** @description Loans written off */
                            readonly writtenOffLoans?: number;
                            /** @description Principal written off */
                            readonly writtenOffPrincipal?: number;
                            /** @description Total written off */
                            readonly writtenOff?: number;
                            /** @description Loans charged off */
                            readonly chargedOffLoans?: number;
                            /** @description Principal charged off */
                            readonly chargedOffPrincipal?: number;
                            /** @description Total charged off */
                            readonly chargedOff?: number;
                            /** @description Recoveries */
                            readonly recoveries?: number;
                            /** @description Recovered */
                            readonly recovered?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportPortfolioAtRisk: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly from?: string;
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly to?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly productId?: string | number;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "portfolio-at-risk",
                     *       "title": "Portfolio at risk",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "date": "2025-01-31",
                     *           "product": "text",
                     *           "currencyCode": "text",
                     *           "principal": 0,
                     *           "atRisk1": 0,
                     *           "par1": 0,
                     *           "atRisk30": 0,
                     *           "par30": 0,
                     *           "atRisk60": 0,
                     *           "par60": 0,
                     *           "atRisk90": 0,
                     *           "par90": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example portfolio-at-risk */
                        readonly name: string;
                        /** @example Portfolio at risk */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /**
                             * Format: date
                             * @description Date
                             * @example 2025-01-31
                             */
                            readonly date?: string;
                            /** @description Product */
                            readonly product?: string;
                            /** @description Currency */
                            readonly currencyCode?: string;
                            /** @description Principal outstanding */
                            readonly principal?: number;
                            /** @description Principal at risk, 1+ days */
                            readonly atRisk1?: number;
                            /** @description PAR 1 */
                            readonly par1?: number;
                            /** @description Principal at risk, 30+ days */
                            readonly atRisk30?: number;
                            /** @description PAR 30 */
                            readonly par30?: number;
                            /** @description Principal at risk, 60+ days */
                            readonly atRisk60?: number;
                            /** @description PAR 60 */
                            readonly par60?: number;
                            /** @description Principal at risk, 90+ days */
                            readonly atRisk90?: number;
                            /** @description PAR 90 */
                            readonly par90?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportPortfolioSummary: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly date?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly productId?: string | number;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "portfolio-summary",
                     *       "title": "Portfolio summary",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "product": "text",
                     *           "currencyCode": "text",
                     *           "loans": 1,
                     *           "loansPastDue": 1,
                     *           "principal": 0,
                     *           "interest": 0,
                     *           "fees": 0,
                     *           "penalties": 0,
                     *           "total": 0,
                     *           "principalPastDueLoans": 0,
                     *           "loansChargedOff": 1,
                     *           "principalChargedOff": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example portfolio-summary */
                        readonly name: string;
                        /** @example Portfolio summary */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /** @description Product */
                            readonly product?: string;
                            /** @description Currency */
                            readonly currencyCode?: string;
                            /** @description Active loans */
                            readonly loans?: number;
                            /** @description Loans past due */
                            readonly loansPastDue?: number;
                            /** @description Principal outstanding */
                            readonly principal?: number;
                            /** @description Interest outstanding */
                            readonly interest?: number;
                            /** @description Fees outstanding */
                            readonly fees?: number;
                            /** @description Penalties outstanding */
                            readonly penalties?: number;
                            /** @description Total outstanding */
                            readonly total?: number;
                            /** @description Principal of loans past due */
                            readonly principalPastDueLoans?: number;
                            /** @description Loans charged off */
                            readonly loansChargedOff?: number;
                            /** @description Principal charged off */
                            readonly principalChargedOff?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportRollRates: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly date?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly productId?: string | number;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "roll-rates",
                     *       "title": "Roll rates",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "from": "text",
                     *           "into": "text",
                     *           "product": "text",
                     *           "currencyCode": "text",
                     *           "loans": 1,
                     *           "principal": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example roll-rates */
                        readonly name: string;
                        /** @example Roll rates */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /** @description From */
                            readonly from?: string;
                            /** @description Into */
                            readonly into?: string;
                            /** @description Product */
                            readonly product?: string;
                            /** @description Currency */
                            readonly currencyCode?: string;
                            /** @description Loans */
                            readonly loans?: number;
                            /** @description Principal at the earlier end */
                            readonly principal?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportTrialBalance: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly date?: string;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "trial-balance",
                     *       "title": "Trial balance",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "glCode": "text",
                     *           "name": "text",
                     *           "type": "text",
                     *           "debit": 0,
                     *           "credit": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example trial-balance */
                        readonly name: string;
                        /** @example Trial balance */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /** @description GL code */
                            readonly glCode?: string;
                            /** @description Name */
                            readonly name?: string;
                            /** @description Type */
                            readonly type?: string;
                            /** @description Debit */
                            readonly debit?: number;
                            /** @description Credit */
                            readonly credit?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly reportVintages: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly date?: string;
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly productId?: string | number;
                readonly format?: "json" | "csv" | "xlsx";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "vintages",
                     *       "title": "Vintage curves",
                     *       "from": "2025-01-31",
                     *       "to": "2025-01-31",
                     *       "items": [
                     *         {
                     *           "month": "text",
                     *           "date": "2025-01-31",
                     *           "monthsOnBook": 1,
                     *           "product": "text",
                     *           "currencyCode": "text",
                     *           "disbursed": 0,
                     *           "principal": 0,
                     *           "bad30": 0,
                     *           "bad30Share": 0,
                     *           "bad90": 0,
                     *           "bad90Share": 0,
                     *           "lost": 0,
                     *           "lostShare": 0
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        /** @example vintages */
                        readonly name: string;
                        /** @example Vintage curves */
                        readonly title: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly from: string;
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly to: string;
                        readonly items: readonly {
                            /** @description Month of disbursement */
                            readonly month?: string;
                            /**
                             * Format: date
                             * @description Date
                             * @example 2025-01-31
                             */
                            readonly date?: string;
                            /** @description Months on book */
                            readonly monthsOnBook?: number;
                            /** @description Product */
                            readonly product?: string;
                            /** @description Currency */
                            readonly currencyCode?: string;
                            /** @description Principal disbursed */
                            readonly disbursed?: number;
                            /** @description Principal outstanding */
                            readonly principal?: number;
                            /** @description Bad principal, 30+ days */
                            readonly bad30?: number;
                            /** @description Bad 30 of disbursed */
                            readonly bad30Share?: number;
                            /** @description Bad principal, 90+ days */
                            readonly bad90?: number;
                            /** @description Bad 90 of disbursed */
                            readonly bad90Share?: number;
                            /** @description Charged or written off */
                            readonly lost?: number;
                            /** @description Lost of disbursed */
                            readonly lostShare?: number;
                        }[];
                    };
                    /** @example text */
                    readonly "text/csv": string;
                    /** @example text */
                    readonly "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 409: components["responses"]["aborted"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listSigningKeys: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "kid": "Nl9xWb0zqg0bF1m2s0sQ9q3q5n8zv2xY7rKk1c0JtUE",
                     *           "status": "signing",
                     *           "createdAt": "2025-01-01T08:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["SigningKey"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly rotateSigningKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SigningKey"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly retireSigningKey: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                readonly kid: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["SigningKey"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 409: components["responses"]["aborted"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getTrialBalance: {
        readonly parameters: {
            readonly query?: {
                /**
                 * @description YYYY-MM-DD
                 * @example 2025-01-31
                 */
                readonly date?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "date": "2025-01-31",
                     *       "currencyCode": "TZS",
                     *       "items": [
                     *         {
                     *           "glCode": "1100",
                     *           "name": "Loan portfolio",
                     *           "type": "asset",
                     *           "debit": 250000,
                     *           "credit": 250000
                     *         }
                     *       ],
                     *       "totalDebit": 250000,
                     *       "totalCredit": 250000
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * Format: date
                         * @example 2025-01-31
                         */
                        readonly date: string;
                        /** @example TZS */
                        readonly currencyCode: string;
                        readonly items: readonly {
                            /** @example 1100 */
                            readonly glCode: string;
                            /** @example Loan portfolio */
                            readonly name: string;
                            /** @enum {string} */
                            readonly type: "asset" | "liability" | "equity" | "income" | "expense";
                            /** @example 250000 */
                            readonly debit: number;
                            /** @example 250000 */
                            readonly credit: number;
                        }[];
                        /** @example 250000 */
                        readonly totalDebit: number;
                        /** @example 250000 */
                        readonly totalCredit: number;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly verifyBook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "after": "text",
                 *       "rows": 100,
                 *       "replayEvery": 1
                 *     }
                 */
                readonly "application/json": {
                    /** @description The `next` of the part before */
                    readonly after?: string;
                    /**
                     * @description Things to look at in this part
                     * @default 100
                     */
                    readonly rows?: number;
                    /**
                     * @description The history of every n-th loan is replayed and compared; 1 = of all, 0 = of none
                     * @default 1
                     */
                    readonly replayEvery?: number;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Verification"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listWebhooks: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "accountId": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *           "url": "https://wallet.example.com/loanbook",
                     *           "description": "Wallet backend",
                     *           "eventTypes": [
                     *             "loan.disbursed",
                     *             "loan.repaid"
                     *           ],
                     *           "status": "enabled",
                     *           "failuresInARow": 1,
                     *           "restsUntil": "2025-01-31T09:00:00.000Z",
                     *           "oldSecretUntil": "2025-01-31T09:00:00.000Z",
                     *           "createdAt": "2025-01-31T09:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["WebhookEndpoint"][];
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly createWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "url": "https://wallet.example.com/loanbook",
                 *       "description": "Wallet backend",
                 *       "eventTypes": [
                 *         "loan.disbursed",
                 *         "loan.repaid"
                 *       ],
                 *       "accountId": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11"
                 *     }
                 */
                readonly "application/json": {
                    /** @example https://wallet.example.com/loanbook */
                    readonly url: string;
                    /** @example Wallet backend */
                    readonly description?: string;
                    /**
                     * @description What the endpoint hears of; none = everything
                     * @example [
                     *       "loan.disbursed",
                     *       "loan.repaid"
                     *     ]
                     */
                    readonly eventTypes?: readonly ("loan.created" | "loan.changed" | "loan.approved" | "loan.approval_undone" | "loan.rejected" | "loan.withdrawn" | "loan.disbursed" | "loan.disbursal_undone" | "loan.repaid" | "loan.waived" | "loan.refunded" | "loan.recovered" | "loan.charged_back" | "loan.charge_added" | "loan.rescheduled" | "loan.transaction_reversed" | "loan.repayment_due" | "loan.overdue" | "loan.delinquency_changed" | "loan.non_performing" | "loan.performing" | "loan.closed" | "loan.overpaid" | "loan.reopened" | "loan.written_off" | "loan.charged_off" | "loan.charge_off_undone" | "loan.deleted" | "close_of_business.finished" | "webhook.test")[];
                    /**
                     * Format: uuid
                     * @description Whose it is; the caller's when absent
                     */
                    readonly accountId?: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "42",
                     *       "accountId": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *       "url": "https://wallet.example.com/loanbook",
                     *       "description": "Wallet backend",
                     *       "eventTypes": [
                     *         "loan.disbursed",
                     *         "loan.repaid"
                     *       ],
                     *       "status": "enabled",
                     *       "failuresInARow": 1,
                     *       "restsUntil": "2025-01-31T09:00:00.000Z",
                     *       "oldSecretUntil": "2025-01-31T09:00:00.000Z",
                     *       "createdAt": "2025-01-31T09:00:00.000Z",
                     *       "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDI5Y5Qmlsp1Q="
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description Opaque id
                         * @example 42
                         */
                        readonly id: string;
                        /**
                         * Format: uuid
                         * @description Nothing is sent while this account is disabled
                         */
                        readonly accountId: string;
                        /** @example https://wallet.example.com/loanbook */
                        readonly url: string;
                        /** @example Wallet backend */
                        readonly description?: string;
                        /**
                         * @description What the endpoint hears of; none = everything
                         * @example [
                         *       "loan.disbursed",
                         *       "loan.repaid"
                         *     ]
                         */
                        readonly eventTypes: readonly ("loan.created" | "loan.changed" | "loan.approved" | "loan.approval_undone" | "loan.rejected" | "loan.withdrawn" | "loan.disbursed" | "loan.disbursal_undone" | "loan.repaid" | "loan.waived" | "loan.refunded" | "loan.recovered" | "loan.charged_back" | "loan.charge_added" | "loan.rescheduled" | "loan.transaction_reversed" | "loan.repayment_due" | "loan.overdue" | "loan.delinquency_changed" | "loan.non_performing" | "loan.performing" | "loan.closed" | "loan.overpaid" | "loan.reopened" | "loan.written_off" | "loan.charged_off" | "loan.charge_off_undone" | "loan.deleted" | "close_of_business.finished" | "webhook.test")[];
                        /**
                         * @description What happens while an endpoint is disabled is not told to it afterwards
                         * @enum {string}
                         */
                        readonly status: "enabled" | "disabled";
                        /** @description Tries that failed since the last one that was taken */
                        readonly failuresInARow: number;
                        /**
                         * Format: date-time
                         * @description Nothing is tried before, because it failed so often
                         */
                        readonly restsUntil?: string;
                        /**
                         * Format: date-time
                         * @description Messages are signed with the old secret too until then
                         */
                        readonly oldSecretUntil?: string;
                        /** Format: date-time */
                        readonly createdAt: string;
                        /**
                         * @description Verifies the signatures; shown this once, not when the call is repeated
                         * @example whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDI5Y5Qmlsp1Q=
                         */
                        readonly secret?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly getWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly changeWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "url": "https://wallet.example.com/loanbook",
                 *       "description": "Wallet backend",
                 *       "eventTypes": [
                 *         "loan.disbursed",
                 *         "loan.repaid"
                 *       ],
                 *       "status": "enabled"
                 *     }
                 */
                readonly "application/json": {
                    /** @example https://wallet.example.com/loanbook */
                    readonly url?: string;
                    /** @example Wallet backend */
                    readonly description?: string;
                    /**
                     * @description What the endpoint hears of; none = everything
                     * @example [
                     *       "loan.disbursed",
                     *       "loan.repaid"
                     *     ]
                     */
                    readonly eventTypes?: readonly ("loan.created" | "loan.changed" | "loan.approved" | "loan.approval_undone" | "loan.rejected" | "loan.withdrawn" | "loan.disbursed" | "loan.disbursal_undone" | "loan.repaid" | "loan.waived" | "loan.refunded" | "loan.recovered" | "loan.charged_back" | "loan.charge_added" | "loan.rescheduled" | "loan.transaction_reversed" | "loan.repayment_due" | "loan.overdue" | "loan.delinquency_changed" | "loan.non_performing" | "loan.performing" | "loan.closed" | "loan.overpaid" | "loan.reopened" | "loan.written_off" | "loan.charged_off" | "loan.charge_off_undone" | "loan.deleted" | "close_of_business.finished" | "webhook.test")[];
                    /**
                     * @description What happens while an endpoint is disabled is not told to it afterwards
                     * @enum {string}
                     */
                    readonly status?: "enabled" | "disabled";
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookEndpoint"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly deleteWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            readonly 202: components["responses"]["pending"];
            /** @description Done */
            readonly 204: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly listWebhookDeliveries: {
        readonly parameters: {
            readonly query?: {
                /** @description Page number, from 1 */
                readonly page?: number;
                /** @description Items per page, at most 100 */
                readonly rows?: number;
                readonly orderBy?: "id";
                readonly sortOrder?: "ASC" | "DESC";
                /** @description The `nextCursor` of the page before, in place of `page`. Keep the other fields as they were. */
                readonly after?: string;
                /** @description failed: given up after 3 days */
                readonly status?: "pending" | "delivered" | "failed" | "cancelled";
                /**
                 * @description An id, as string or integer
                 * @example 42
                 */
                readonly loanId?: string | number;
            };
            readonly header?: never;
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "42",
                     *           "eventId": "evt_42_2001",
                     *           "type": "loan.created",
                     *           "loanId": "42",
                     *           "status": "pending",
                     *           "attempts": 1,
                     *           "createdAt": "2025-01-31T09:00:00.000Z",
                     *           "nextTryAt": "2025-01-31T09:00:00.000Z",
                     *           "triedAt": "2025-01-31T09:00:00.000Z",
                     *           "answered": 200,
                     *           "reason": "no answer within 15 s"
                     *         }
                     *       ],
                     *       "total": 1,
                     *       "page": 1,
                     *       "rowsPerPage": 10
                     *     }
                     */
                    readonly "application/json": {
                        readonly items: readonly components["schemas"]["WebhookDelivery"][];
                        /** @description Number of items on all pages */
                        readonly total: number;
                        readonly page: number;
                        readonly rowsPerPage: number;
                        /** @description Give it as `after` to read on; absent on the last page */
                        readonly nextCursor?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly replayWebhookDelivery: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly webhook_id: string;
                /**
                 * @description Id
                 * @example 42
                 */
                readonly delivery_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly replayWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                /**
                 * @example {
                 *       "since": "2025-01-31T00:00:00Z"
                 *     }
                 */
                readonly "application/json": {
                    /**
                     * Format: date-time
                     * @example 2025-01-31T00:00:00Z
                     */
                    readonly since: string;
                };
            };
        };
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "messages": 1
                     *     }
                     */
                    readonly "application/json": {
                        /** @description How many will be sent again */
                        readonly messages: number;
                    };
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly rotateWebhookSecret: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "42",
                     *       "accountId": "5b0c1a52-6c3e-4b7e-9d55-0f6a5d1c2e11",
                     *       "url": "https://wallet.example.com/loanbook",
                     *       "description": "Wallet backend",
                     *       "eventTypes": [
                     *         "loan.disbursed",
                     *         "loan.repaid"
                     *       ],
                     *       "status": "enabled",
                     *       "failuresInARow": 1,
                     *       "restsUntil": "2025-01-31T09:00:00.000Z",
                     *       "oldSecretUntil": "2025-01-31T09:00:00.000Z",
                     *       "createdAt": "2025-01-31T09:00:00.000Z",
                     *       "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDI5Y5Qmlsp1Q="
                     *     }
                     */
                    readonly "application/json": {
                        /**
                         * @description Opaque id
                         * @example 42
                         */
                        readonly id: string;
                        /**
                         * Format: uuid
                         * @description Nothing is sent while this account is disabled
                         */
                        readonly accountId: string;
                        /** @example https://wallet.example.com/loanbook */
                        readonly url: string;
                        /** @example Wallet backend */
                        readonly description?: string;
                        /**
                         * @description What the endpoint hears of; none = everything
                         * @example [
                         *       "loan.disbursed",
                         *       "loan.repaid"
                         *     ]
                         */
                        readonly eventTypes: readonly ("loan.created" | "loan.changed" | "loan.approved" | "loan.approval_undone" | "loan.rejected" | "loan.withdrawn" | "loan.disbursed" | "loan.disbursal_undone" | "loan.repaid" | "loan.waived" | "loan.refunded" | "loan.recovered" | "loan.charged_back" | "loan.charge_added" | "loan.rescheduled" | "loan.transaction_reversed" | "loan.repayment_due" | "loan.overdue" | "loan.delinquency_changed" | "loan.non_performing" | "loan.performing" | "loan.closed" | "loan.overpaid" | "loan.reopened" | "loan.written_off" | "loan.charged_off" | "loan.charge_off_undone" | "loan.deleted" | "close_of_business.finished" | "webhook.test")[];
                        /**
                         * @description What happens while an endpoint is disabled is not told to it afterwards
                         * @enum {string}
                         */
                        readonly status: "enabled" | "disabled";
                        /** @description Tries that failed since the last one that was taken */
                        readonly failuresInARow: number;
                        /**
                         * Format: date-time
                         * @description Nothing is tried before, because it failed so often
                         */
                        readonly restsUntil?: string;
                        /**
                         * Format: date-time
                         * @description Messages are signed with the old secret too until then
                         */
                        readonly oldSecretUntil?: string;
                        /** Format: date-time */
                        readonly createdAt: string;
                        /**
                         * @description Verifies the signatures; shown this once, not when the call is repeated
                         * @example whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDI5Y5Qmlsp1Q=
                         */
                        readonly secret?: string;
                    };
                };
            };
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
    readonly testWebhook: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Makes the call take effect once: the same key and payload are answered with the first answer and `Idempotent-Replayed: true`, another payload under it with 409. */
                readonly "idempotency-key"?: string;
            };
            readonly path: {
                /**
                 * @description Id
                 * @example 42
                 */
                readonly webhook_id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description Success */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            readonly 202: components["responses"]["pending"];
            readonly 400: components["responses"]["invalid_argument"];
            readonly 401: components["responses"]["unauthenticated"];
            readonly 403: components["responses"]["permission_denied"];
            readonly 404: components["responses"]["not_found"];
            readonly 413: components["responses"]["too_large"];
            readonly 415: components["responses"]["wrong_media_type"];
            readonly 500: components["responses"]["internal"];
            readonly 503: components["responses"]["unavailable"];
        };
    };
}
